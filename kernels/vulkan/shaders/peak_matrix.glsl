// Matrix units at work in registers. Each subgroup has CHAINS independent sums of products, which begin at 0, 1, ... so
// that no two are equal. The factors come from a buffer, so that the compiler cannot compute anything beforehand.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint MAT_M = 16;
layout(constant_id = 2) const uint MAT_N = 16;
layout(constant_id = 3) const uint MAT_K = 16;

layout(binding = 0, std430) buffer Results { float results[]; };  // of each workgroup's first thread
layout(binding = 1, std430) readonly buffer Factors { uvec4 factors; };
layout(push_constant, std430) uniform Arguments { uint rounds; };

#define SUMS fcoopmatNV<32, gl_ScopeSubgroup, MAT_M, MAT_N>
const uint CHAINS = 4, STEPS = 5;

void main() {
  const fcoopmatNV<16, gl_ScopeSubgroup, MAT_M, MAT_K> a =
      fcoopmatNV<16, gl_ScopeSubgroup, MAT_M, MAT_K>(unpackFloat2x16(factors.x).x);
  const fcoopmatNV<16, gl_ScopeSubgroup, MAT_K, MAT_N> b =
      fcoopmatNV<16, gl_ScopeSubgroup, MAT_K, MAT_N>(unpackFloat2x16(factors.y).x);
  SUMS chains[CHAINS];
  for (uint i = 0; i < CHAINS; ++i) chains[i] = SUMS(float(i));
  for (uint round = 0; round < rounds; ++round)
    for (uint step = 0; step < STEPS; ++step)
      for (uint i = 0; i < CHAINS; ++i) chains[i] = coopMatMulAddNV(a, b, chains[i]);
  float sum = 0;
  for (uint i = 0; i < CHAINS; ++i) sum += chains[i][0];
  // The sum of every thread must count, or a compiler would drop it.
  const float all = subgroupAdd(sum);
  if (gl_LocalInvocationID.x == 0) results[gl_WorkGroupID.x] = all / float(gl_SubgroupSize);
}
