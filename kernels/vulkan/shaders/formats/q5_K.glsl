// q5_K: planes of nibbles [128 bytes], of fifth bits [32 bytes; bit g of byte l belongs to value l of group g], and of
// d, dmin, scales and mins [16 bytes]. The rest is as in q4_K.
#define HAS_OFFSET
#include "formats/six_bit_scales.glsl"

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  read_nibbles(plane(0) / 4 + 8 * block + unit, a, b);
  const uint group = unit / 2 * 2;
  const uvec4 high = w4[plane(1) / 4 + 2 * block + unit % 2] >> group;
  a |= (high & 0x01010101u) << 4;
  b |= (high >> 1 & 0x01010101u) << 4;
  const uvec4 header = w4[plane(2) / 4 + block];
  scales_and_offsets(header, group, scale, offset);
}
