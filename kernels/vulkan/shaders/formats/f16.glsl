// f16: the values are not encoded. A block is 32 of them.
#define FLOATS
#define HALVES

#include "formats/block32.glsl"

/// Two halves in a word.
void read_halves(uint block, uint run, out uvec4 low, out uvec4 high) {
  low = w4[plane(0) / 4 + 4 * block + 2 * run];
  high = w4[plane(0) / 4 + 4 * block + 2 * run + 1];
}

void read_run(uint block, uint run, out vec4 v[4]) {
  uvec4 low, high;
  read_halves(block, run, low, high);
  v[0] = vec4(unpackHalf2x16(low.x), unpackHalf2x16(low.y));
  v[1] = vec4(unpackHalf2x16(low.z), unpackHalf2x16(low.w));
  v[2] = vec4(unpackHalf2x16(high.x), unpackHalf2x16(high.y));
  v[3] = vec4(unpackHalf2x16(high.z), unpackHalf2x16(high.w));
}
