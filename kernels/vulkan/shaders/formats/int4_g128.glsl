// int4_g128: planes of nibbles [128 bytes], two scales [2 f16], two zero points [1 byte]. A value is d * (q - zero); a
// scale and a zero point serve 128 values.
#define HAS_OFFSET

const uint BLOCK_VALUES = 256;

uvec2 runs_of(uint unit) { return uvec2(2 * unit, 2 * unit + 1); }

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  read_nibbles(plane(0) / 4 + 8 * block + unit, a, b);
  const uint group = unit / 4;
  const float d = unpackHalf2x16(w[plane(1) + block] >> 16 * group).x;
  const uint zeros = w[plane(2) + block / 4] >> 8 * (block % 4);
  scale = vec2(d);
  offset = vec2(-d * float(zeros >> 4 * group & 15u));
}
