// q4_K: planes of nibbles [128 bytes], and of d, dmin, scales and mins [16 bytes]. A value is d * scale * q - dmin *
// min. Each 32 bytes of nibbles hold two groups of 32, the first in the low nibbles.
#define HAS_OFFSET
#include "formats/six_bit_scales.glsl"

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  read_nibbles(plane(0) / 4 + 8 * block + unit, a, b);
  const uvec4 header = w4[plane(1) / 4 + block];
  scales_and_offsets(header, unit / 2 * 2, scale, offset);
}
