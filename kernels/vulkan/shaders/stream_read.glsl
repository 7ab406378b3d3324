// Reads bytes and adds them up as words, modulo 2^32. A thread has PER_THREAD reads of 16 bytes under way at once.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint PER_THREAD = 8;

layout(binding = 0, std430) readonly buffer Quads { uvec4 quads[]; };
layout(binding = 1, std430) buffer Total { uint total; };
layout(push_constant, std430) uniform Arguments { uint first, count; };  // in quads

void main() {
  const uint group = gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x;
  const uint at = group * gl_WorkGroupSize.x * PER_THREAD + gl_LocalInvocationID.x;
  uvec4 sum = uvec4(0);
  for (uint i = 0; i < PER_THREAD; ++i) {
    const uint quad = at + i * gl_WorkGroupSize.x;
    if (quad < count) sum += quads[first + quad];
  }
  const uint all = subgroupAdd(sum.x + sum.y + sum.z + sum.w);
  if (subgroupElect()) atomicAdd(total, all);
}
