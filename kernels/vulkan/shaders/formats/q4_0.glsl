// q4_0: planes of nibbles [16 bytes], d [f16]; d * (q - 8).
#define HAS_OFFSET

const uint BLOCK_VALUES = 32;

uvec2 runs_of(uint unit) { return uvec2(0, 1); }

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  const uvec4 v = w4[plane(0) / 4 + block];
  a = v & 0x0f0f0f0fu;
  b = v >> 4 & 0x0f0f0f0fu;
  const float d = half_in(plane(1), block);
  scale = vec2(d);
  offset = vec2(-8 * d);
}
