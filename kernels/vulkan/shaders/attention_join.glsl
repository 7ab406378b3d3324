// Puts the stretches of attention together, each scaled down to the largest score of all. A thread computes 4 values of
// a query.
layout(binding = 0, std430) readonly buffer Sums { vec4 sums[]; };      // [stretch][query][QUADS]
layout(binding = 1, std430) readonly buffer States { vec2 states[]; };  // [stretch][query]: largest score, sum of weights
layout(binding = 2, std430) writeonly buffer Results { vec4 y[]; };     // [query][QUADS]

void main() {
  const uint i = (gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  if (i >= all_queries * QUADS) return;
  const uint query = i / QUADS;
  float most = states[query].x;
  for (uint s = 1; s < stretches; ++s) most = max(most, states[s * all_queries + query].x);
  vec4 sum = vec4(0);
  float total = 0;
  for (uint s = 0; s < stretches; ++s) {
    const vec2 state = states[s * all_queries + query];
    const float shrink = exp(state.x - most);
    sum += sums[s * all_queries * QUADS + i] * shrink;
    total += state.y * shrink;
  }
  y[i] = sum / total;
}
