// iq4_xs: planes of nibbles [128 bytes], and of d [f16] with the scales' high pairs [2 bytes] and low nibbles [4
// bytes]. A value is d * (scale - 32) * table[q].
#include "formats/iq4_values.glsl"
#include "formats/codebook.glsl"

const uint BLOCK_VALUES = 256;

uvec2 runs_of(uint unit) { return uvec2(2 * unit, 2 * unit + 1); }

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  look_up(w4[plane(0) / 4 + 8 * block + unit], a, b);
  const uint top = w[plane(1) + 2 * block], low = w[plane(1) + 2 * block + 1];
  const int s = int((low >> 4 * unit & 15u) | (top >> 16 + 2 * unit & 3u) << 4) - 32;
  scale = vec2(unpackHalf2x16(top).x * float(s));
  offset = vec2(0);
}
