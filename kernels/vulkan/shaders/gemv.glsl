// y[m] = W[m][k] x[k]. A workgroup computes some rows together, so that what it reads of x serves all of them. Its
// threads take the units of a row in turn, and their sums are added within subgroups, then across them.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint ROWS = 2;

/// A subgroup has at least 4 threads, and a workgroup at most 256.
const uint MOST_SUBGROUPS = 64;
shared float partial[ROWS * MOST_SUBGROUPS];

void add_unit(uint i, uint first_row, inout float sums[ROWS]) {
  const uint units = BLOCK_VALUES / 32, block = i / units, unit = i % units;
  const uvec2 runs = block * (BLOCK_VALUES / 16) + runs_of(unit);
  QUARTER xa[4], xb[4];
  vec2 x_scale_a, x_scale_b;
  read_activations(runs.x, xa, x_scale_a);
  read_activations(runs.y, xb, x_scale_b);
  for (uint r = 0; r < ROWS; ++r) {
    const uint row = min(first_row + r, m - 1);
    QUARTER wa[4], wb[4];
    vec2 scale_a, scale_b;
    read_weights(first_block + row * blocks + block, unit, wa, wb, scale_a, scale_b);
    PART a = NOTHING, b = NOTHING;
    for (uint q = 0; q < 4; ++q) {
      multiply(a, wa[q], xa[q]);
      multiply(b, wb[q], xb[q]);
    }
    sums[r] += finish(a, scale_a, x_scale_a) + finish(b, scale_b, x_scale_b);
  }
}

void main() {
#ifdef PREPARES
  prepare_format();
#endif
  const uint first_row = (gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x) * ROWS;
  if (first_row >= m) return;  // for the whole workgroup
  float sums[ROWS];
  for (uint r = 0; r < ROWS; ++r) sums[r] = 0;
  for (uint i = gl_LocalInvocationID.x; i < blocks * (BLOCK_VALUES / 32); i += gl_WorkGroupSize.x)
    add_unit(i, first_row, sums);
  for (uint r = 0; r < ROWS; ++r) {
    const float sum = subgroupAdd(sums[r]);
    if (subgroupElect()) partial[r * MOST_SUBGROUPS + gl_SubgroupID] = sum;
  }
  barrier();
  const uint r = gl_LocalInvocationID.x;
  if (r >= ROWS || first_row + r >= m) return;
  float sum = 0;
  for (uint i = 0; i < gl_NumSubgroups; ++i) sum += partial[r * MOST_SUBGROUPS + i];
#ifdef SCALED_ROWS
  sum *= row_scales[first_row + r];
#endif
  y[first_row + r] = sum;
}
