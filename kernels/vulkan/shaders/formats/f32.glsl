// f32: the values are not encoded. A block is 32 of them.
#define FLOATS

#include "formats/block32.glsl"

void read_run(uint block, uint run, out vec4 v[4]) {
  for (uint i = 0; i < 4; ++i) v[i] = uintBitsToFloat(w4[plane(0) / 4 + 8 * block + 4 * run + i]);
}
