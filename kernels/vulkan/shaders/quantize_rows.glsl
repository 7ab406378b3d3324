// Rounds activations to what matrix units take: halves, where the row of each token is exactly scaled by a power of two
// to at most 1. A workgroup rounds a token.
#include "halves.glsl"

layout(local_size_x_id = 0) in;

layout(binding = 0, std430) readonly buffer Floats { vec4 x[]; };           // [n][k]
layout(binding = 1, std430) writeonly buffer Rounded { uvec2 rounded[]; };  // [n][k], halves
layout(binding = 2, std430) writeonly buffer Scales { vec2 scales[]; };     // [n]: the scale; the second is not used
layout(push_constant, std430) uniform Arguments { uint quads; };            // k / 4

void main() {
  const uint first = gl_WorkGroupID.x * quads;
  float largest = 0;
  for (uint i = gl_LocalInvocationID.x; i < quads; i += gl_WorkGroupSize.x) {
    const vec4 sizes = abs(x[first + i]);
    largest = max(largest, max(max(sizes.x, sizes.y), max(sizes.z, sizes.w)));
  }
  const int power = power_above(largest_of_all(largest));
  const float down = ldexp(1.0, -power);
  for (uint i = gl_LocalInvocationID.x; i < quads; i += gl_WorkGroupSize.x) {
    rounded[first + i] = halves_of(x[first + i] * down);
  }
  if (gl_LocalInvocationID.x == 0) scales[gl_WorkGroupID.x] = vec2(ldexp(1.0, power), 0);
}
