// q8_0: planes of int8 [32 bytes], d [f16]. A value is d * q.

#include "formats/block32.glsl"

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  a = w4[plane(0) / 4 + 2 * block];
  b = w4[plane(0) / 4 + 2 * block + 1];
  scale = vec2(half_in(plane(1), block));
  offset = vec2(0);
}
