// mxfp4: planes of nibbles [16 bytes], exponents e [1 byte]. A value is 2^(e - 128) * table[q], where the table has the
// E2M1 values doubled (kernels/formats/codebook.h has them as numbers).
const uint TABLE[4] = uint[4](0x03020100u, 0x0c080604u, 0xfdfeff00u, 0xf4f8fafcu);
#include "formats/codebook.glsl"

#include "formats/block32.glsl"

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  look_up(w4[plane(0) / 4 + block], a, b);
  const uint e = w[plane(1) + block / 4] >> 8 * (block % 4) & 255u;
  // The two lowest powers are denormals, in which the position of a bit stands for the power.
  scale = vec2(uintBitsToFloat(e < 2 ? 0x00200000u << e : e - 1 << 23));
  offset = vec2(0);
}
