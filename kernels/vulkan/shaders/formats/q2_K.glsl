// q2_K: planes of pairs [64 bytes], of scales and mins [16 bytes: low and high nibbles], and of d and dmin [2 f16]. A
// value is d * scale * q - dmin * min.
#define HAS_OFFSET
#include "formats/pairs.glsl"

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  read_pairs(block, unit, a, b);
  const uvec2 runs = runs_of(unit);
  const vec2 d = unpackHalf2x16(w[plane(2) + block]);
  const uvec2 both = uvec2(w[plane(1) + 4 * block + runs.x / 4], w[plane(1) + 4 * block + runs.y / 4]) >> 8 * (runs % 4);
  scale = d.x * vec2(both & 15u);
  offset = -d.y * vec2(both >> 4 & 15u);
}
