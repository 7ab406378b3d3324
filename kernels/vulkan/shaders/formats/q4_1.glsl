// q4_1: planes of nibbles [16 bytes], d and m [2 f16]. A value is d * q + m.
#define HAS_OFFSET

#include "formats/block32.glsl"

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  read_nibbles(plane(0) / 4 + block, a, b);
  const vec2 d = unpackHalf2x16(w[plane(1) + block]);
  scale = vec2(d.x);
  offset = vec2(d.y);
}
