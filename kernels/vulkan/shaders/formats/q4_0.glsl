// q4_0: planes of nibbles [16 bytes], d [f16]. A value is d * (q - 8).
#define HAS_OFFSET

#include "formats/block32.glsl"

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  read_nibbles(plane(0) / 4 + block, a, b);
  const float d = half_in(plane(1), block);
  scale = vec2(d);
  offset = vec2(-8 * d);
}
