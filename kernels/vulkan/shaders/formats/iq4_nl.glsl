// iq4_nl: planes of nibbles [16 bytes], d [f16]. A value is d * table[q].
#include "formats/iq4_values.glsl"
#include "formats/codebook.glsl"

#include "formats/block32.glsl"

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  look_up(w4[plane(0) / 4 + block], a, b);
  scale = vec2(half_in(plane(1), block));
  offset = vec2(0);
}
