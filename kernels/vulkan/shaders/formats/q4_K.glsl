// q4_K: planes of nibbles [128 bytes], d, dmin, scales and mins [16 bytes]; d * scale * q - dmin * min. Each 32 bytes of
// nibbles hold two groups of 32, the first in the low ones.
#define HAS_OFFSET
#include "formats/six_bit_scales.glsl"

const uint BLOCK_VALUES = 256;

uvec2 runs_of(uint unit) { return 4 * (unit / 2) + unit % 2 + uvec2(0, 2); }

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  const uvec4 v = w4[plane(0) / 4 + 8 * block + unit];
  a = v & 0x0f0f0f0fu;
  b = v >> 4 & 0x0f0f0f0fu;
  const uvec4 header = w4[plane(1) / 4 + block];
  const vec2 of_a = scale_and_min(header, unit / 2 * 2), of_b = scale_and_min(header, unit / 2 * 2 + 1);
  scale = vec2(of_a.x, of_b.x);
  offset = vec2(of_a.y, of_b.y);
}
