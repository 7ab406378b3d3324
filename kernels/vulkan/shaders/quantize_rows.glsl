// Activations as matrix units take them: halves, each token's row exactly scaled by a power of two to at most 1. A
// workgroup a token.
layout(local_size_x_id = 0) in;

layout(binding = 0, std430) readonly buffer Floats { vec4 x[]; };           // [n][k]
layout(binding = 1, std430) writeonly buffer Rounded { uvec2 rounded[]; };  // [n][k], halves
layout(binding = 2, std430) writeonly buffer Scales { vec2 scales[]; };     // [n]: scale, nothing
layout(push_constant, std430) uniform Arguments { uint quads; };            // k / 4

/// The least half that is no denormal: GPUs may take those for zeros, so all are.
const float LEAST_HALF = 6.103515625e-5;  // 2^-14

void main() {
  const uint first = gl_WorkGroupID.x * quads;
  float largest = 0;
  for (uint i = gl_LocalInvocationID.x; i < quads; i += gl_WorkGroupSize.x) {
    const vec4 sizes = abs(x[first + i]);
    largest = max(largest, max(max(sizes.x, sizes.y), max(sizes.z, sizes.w)));
  }
  largest = largest_of_all(largest);
  int power = 0;
  if (largest > 0) frexp(largest, power);  // largest < 2^power
  power = clamp(power, -120, 120);         // and its inverse is no denormal
  const float down = ldexp(1.0, -power);
  for (uint i = gl_LocalInvocationID.x; i < quads; i += gl_WorkGroupSize.x) {
    vec4 q = x[first + i] * down;
    q = mix(q, vec4(0), lessThan(abs(q), vec4(LEAST_HALF)));
    rounded[first + i] = uvec2(packHalf2x16(q.xy), packHalf2x16(q.zw));
  }
  if (gl_LocalInvocationID.x == 0) scales[gl_WorkGroupID.x] = vec2(ldexp(1.0, power), 0);
}
