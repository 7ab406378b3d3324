// y[n][k] = rows of W[.][k]. A thread unpacks a unit of 32 values. Here `m` is k, and x4 has the numbers of the rows.
layout(local_size_x_id = 0) in;

void put(uint at, uint run, vec4 v[4]) {
  for (uint i = 0; i < 16; ++i)
    if (run * 16 + i < m) y[at + run * 16 + i] = v[i / 4][i % 4];
}

void main() {
#ifdef PREPARES
  prepare_format();
#endif
  const uint i = (gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
  const uint units = blocks * (BLOCK_VALUES / 32), token = i / units;
  if (token >= n) return;
  const uint block = i % units / (BLOCK_VALUES / 32), unit = i % (BLOCK_VALUES / 32);
  vec4 a[4], b[4];
  vec2 scale_a, scale_b;
  const uint row = x4[token / 4][token % 4];
  read_weights(row * blocks + block, unit, a, b, scale_a, scale_b);
  const uvec2 runs = block * (BLOCK_VALUES / 16) + runs_of(unit);
  put(token * m, runs.x, a);
  put(token * m, runs.y, b);
}
