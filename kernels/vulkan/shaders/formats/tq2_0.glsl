// tq2_0: planes of pairs [64 bytes], d [f16]. A value is d * (q - 1).
#define HAS_OFFSET
#include "formats/pairs.glsl"

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  read_pairs(block, unit, a, b);
  const float d = half_in(plane(1), block);
  scale = vec2(d);
  offset = vec2(-d);
}
