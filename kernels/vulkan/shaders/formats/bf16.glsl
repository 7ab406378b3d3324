// bf16: the values are the upper halves of floats. A block is 32 of them.
#define FLOATS

#include "formats/block32.glsl"

vec4 floats_of(uvec2 pairs) {
  return uintBitsToFloat(uvec4(pairs.x << 16, pairs.x & 0xffff0000u, pairs.y << 16, pairs.y & 0xffff0000u));
}

void read_run(uint block, uint run, out vec4 v[4]) {
  const uvec4 low = w4[plane(0) / 4 + 4 * block + 2 * run], high = w4[plane(0) / 4 + 4 * block + 2 * run + 1];
  v[0] = floats_of(low.xy);
  v[1] = floats_of(low.zw);
  v[2] = floats_of(high.xy);
  v[3] = floats_of(high.zw);
}
