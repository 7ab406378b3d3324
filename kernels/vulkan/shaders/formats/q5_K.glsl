// q5_K: planes of nibbles [128 bytes], fifth bits [32 bytes, bit g of byte l of value l of group g], d, dmin, scales and
// mins [16 bytes]; as q4_K.
#define HAS_OFFSET
#include "formats/six_bit_scales.glsl"

const uint BLOCK_VALUES = 256;

uvec2 runs_of(uint unit) { return 4 * (unit / 2) + unit % 2 + uvec2(0, 2); }

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  const uvec4 v = w4[plane(0) / 4 + 8 * block + unit];
  a = v & 0x0f0f0f0fu;
  b = v >> 4 & 0x0f0f0f0fu;
  const uint group = unit / 2 * 2;
  const uvec4 high = w4[plane(1) / 4 + 2 * block + unit % 2] >> group;
  a |= (high & 0x01010101u) << 4;
  b |= (high >> 1 & 0x01010101u) << 4;
  const uvec4 header = w4[plane(2) / 4 + block];
  const vec2 of_a = scale_and_min(header, group), of_b = scale_and_min(header, group + 1);
  scale = vec2(of_a.x, of_b.x);
  offset = vec2(of_a.y, of_b.y);
}
