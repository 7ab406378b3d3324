// int8_channel: one plane of int8 [32 bytes]. A value is q / 128 times the scale of its row, which lies beside the
// matrix.
#define SCALED_ROWS

#include "formats/block32.glsl"

void read_unit(uint block, uint unit, out uvec4 a, out uvec4 b, out vec2 scale, out vec2 offset) {
  a = w4[plane(0) / 4 + 2 * block];
  b = w4[plane(0) / 4 + 2 * block + 1];
  scale = vec2(1.0 / 128);
  offset = vec2(0);
}
