// Arithmetic in registers. Each thread has CHAINS independent chains, so that none waits for another. The factors come
// from a buffer, so that the compiler cannot compute anything beforehand. With -1 and 1, a chain of x = -1 x + 1 goes
// from 0 to 1 and back, and stands at 1 after an odd number of steps.
layout(local_size_x_id = 0) in;

layout(binding = 0, std430) buffer Results { float results[]; };  // of each workgroup's first thread
layout(binding = 1, std430) readonly buffer Factors { uvec4 factors; };
layout(push_constant, std430) uniform Arguments { uint rounds; };

#if defined(PEAK_FP32)
const uint CHAINS = 8;
#define CHAIN vec4
CHAIN start() { return vec4(0); }
CHAIN next(CHAIN x) { return fma(x, vec4(uintBitsToFloat(factors.x)), vec4(uintBitsToFloat(factors.y))); }
float sum_of(CHAIN x) { return x.x + x.y + x.z + x.w; }
#elif defined(PEAK_FP16)
const uint CHAINS = 16;
#define CHAIN f16vec2
CHAIN start() { return f16vec2(0); }
CHAIN next(CHAIN x) { return fma(x, unpackFloat2x16(factors.x), unpackFloat2x16(factors.y)); }
float sum_of(CHAIN x) { return float(x.x) + float(x.y); }
#else
const uint CHAINS = 16;
#define CHAIN int
spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6018, 6019], id = 4450)
int dot_of_bytes(uint a, uint b, spirv_literal int packed_4x8);
CHAIN start() { return 0; }
CHAIN next(CHAIN x) { return dot_of_bytes(uint(x), factors.x, 0) + int(factors.y); }
float sum_of(CHAIN x) { return float(x); }
#endif

/// Steps in each round of the loop, so many that the loop's own instructions weigh little.
const uint STEPS = 5;

void main() {
  CHAIN chains[CHAINS];
  for (uint i = 0; i < CHAINS; ++i) chains[i] = start();
  for (uint round = 0; round < rounds; ++round)
    for (uint step = 0; step < STEPS; ++step)
      for (uint i = 0; i < CHAINS; ++i) chains[i] = next(chains[i]);
  float sum = 0;
  for (uint i = 0; i < CHAINS; ++i) sum += sum_of(chains[i]);
  // The sum of every thread must count, or a compiler would drop it.
  const float all = subgroupAdd(sum);
  if (gl_LocalInvocationID.x == 0) results[gl_WorkGroupID.x] = all / float(gl_SubgroupSize);
}
