// For each of m rows of weights, the power of two that all its values are below. Kernels with matrix units scale the
// row by it. A workgroup takes a row.
#include "halves.glsl"

layout(local_size_x_id = 0) in;

void main() {
#ifdef PREPARES
  prepare_format();
#endif
  const uint row = gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x;
  if (row >= m) return;
  const uint units = BLOCK_VALUES / 32;
  float largest = 0;
  for (uint at = gl_LocalInvocationID.x; at < blocks * units; at += gl_WorkGroupSize.x) {
    vec4 a[4], b[4];
    vec2 scale_a, scale_b;
    read_weights(row * blocks + at / units, at % units, a, b, scale_a, scale_b);
    for (uint i = 0; i < 4; ++i) {
      const vec4 sizes = max(abs(a[i]), abs(b[i]));
      largest = max(largest, max(max(sizes.x, sizes.y), max(sizes.z, sizes.w)));
    }
  }
  largest = largest_of_all(largest);
  if (gl_LocalInvocationID.x == 0) y[row] = ldexp(1.0, power_above(largest));
}
