// q4_1: planes of nibbles [16 bytes], d and m [2 f16]; d * q + m.
#define HAS_OFFSET

const uint BLOCK_VALUES = 32;

uvec2 runs_of(uint unit) { return uvec2(0, 1); }

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  const uvec4 v = w4[plane(0) / 4 + block];
  a = v & 0x0f0f0f0fu;
  b = v >> 4 & 0x0f0f0f0fu;
  const vec2 d = unpackHalf2x16(w[plane(1) + block]);
  scale = vec2(d.x);
  offset = vec2(d.y);
}
