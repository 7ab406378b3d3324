// Rounds activations to what products take. A thread rounds a group of 32. int8 (ROUND_INT8): q * scale, where the
// scale is the largest / 127. Halves: exactly scaled by a power of two to at most 2^-4, so that 8 products with the
// largest weights that a half can have sum to less than the largest half.
#include "halves.glsl"

layout(local_size_x_id = 0) in;

layout(binding = 0, std430) readonly buffer Floats { vec4 x[]; };              // [n][k]
layout(binding = 1, std430) writeonly buffer Rounded { uvec4 rounded[]; };     // [n][k], bytes or halves
layout(binding = 2, std430) writeonly buffer Scales { vec2 scales[]; };        // [n][k / 16]: scale, scale * sum
layout(push_constant, std430) uniform Arguments { uint groups; };              // n * k / 32

/// A group whose largest value is below this counts as zeros (kernels/operands/activations.h).
const float LEAST = 3.76158192e-37;  // 2^-121

#ifdef ROUND_INT8
uint bytes_of(vec4 v) {
  const ivec4 q = ivec4(roundEven(v)) & 255;
  return uint(q.x | q.y << 8 | q.z << 16 | q.w << 24);
}

void round_run(uint run, vec4 v[4], float largest) {
  const float scale = largest < LEAST ? 0 : largest / 127;
  uvec4 bytes;
  float sum = 0;
  for (uint i = 0; i < 4; ++i) {
    const vec4 q = scale == 0 ? vec4(0) : roundEven(v[i] / scale);
    bytes[i] = bytes_of(q);
    sum += q.x + q.y + q.z + q.w;
  }
  rounded[run] = bytes;
  scales[run] = vec2(scale, scale * sum);
}
#else
void round_run(uint run, vec4 v[4], float largest) {
  int power = 0;
  if (largest >= LEAST) frexp(largest, power);  // so that largest < 2^power
  const float down = largest < LEAST ? 0 : ldexp(1.0, -power - 4), scale = ldexp(1.0, power + 4);
  uint words[8];
  float sum = 0;
  for (uint i = 0; i < 4; ++i) {
    const uvec2 halves = halves_of(v[i] * down);
    words[2 * i] = halves.x;
    words[2 * i + 1] = halves.y;
    const vec2 low = unpackHalf2x16(halves.x), high = unpackHalf2x16(halves.y);
    sum += low.x + low.y + high.x + high.y;
  }
  rounded[2 * run] = uvec4(words[0], words[1], words[2], words[3]);
  rounded[2 * run + 1] = uvec4(words[4], words[5], words[6], words[7]);
  scales[run] = vec2(scale, scale * sum);
}
#endif

void main() {
  const uint group = gl_GlobalInvocationID.x;
  if (group >= groups) return;
  vec4 v[8];
  float largest = 0;
  for (uint i = 0; i < 8; ++i) {
    v[i] = x[8 * group + i];
    const vec4 sizes = abs(v[i]);
    largest = max(largest, max(max(sizes.x, sizes.y), max(sizes.z, sizes.w)));
  }
  round_run(2 * group, vec4[4](v[0], v[1], v[2], v[3]), largest);
  round_run(2 * group + 1, vec4[4](v[4], v[5], v[6], v[7]), largest);
}
