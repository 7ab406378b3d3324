// Y[n][m] = X[n][k] W[m][k]^T. A workgroup computes a tile of TILE_M rows by TILE_N tokens, and each thread THREAD_M by
// THREAD_N of it. For every row and token of the tile, a unit of 32 values at a time lies in shared memory.
layout(local_size_x_id = 0) in;  // (TILE_M / THREAD_M) * (TILE_N / THREAD_N)
layout(constant_id = 1) const uint TILE_M = 32;
layout(constant_id = 2) const uint TILE_N = 32;
layout(constant_id = 3) const uint THREAD_M = 4;
layout(constant_id = 4) const uint THREAD_N = 4;

// [quarter of a run][run of the unit][row or token]: neighbouring threads read neighbouring words.
shared QUARTER tile_w[8 * TILE_M];
shared QUARTER tile_x[8 * TILE_N];
shared vec2 scale_w[2 * TILE_M];
shared vec2 scale_x[2 * TILE_N];

void load_weights(uint row, uint first_row, uint block, uint unit) {
  QUARTER a[4], b[4];
  vec2 scale_a, scale_b;
  read_weights(first_block + min(first_row + row, m - 1) * blocks + block, unit, a, b, scale_a, scale_b);
  for (uint q = 0; q < 4; ++q) {
    tile_w[2 * q * TILE_M + row] = a[q];
    tile_w[(2 * q + 1) * TILE_M + row] = b[q];
  }
  scale_w[row] = scale_a;
  scale_w[TILE_M + row] = scale_b;
}

void load_activations(uint i, uint first_token, uint first_run, uvec2 runs) {
  const uint token = i / 2, which = i % 2;
  QUARTER quarters[4];
  vec2 scale;
  const uint of_row = blocks * (BLOCK_VALUES / 16);
  read_activations(min(first_token + token, n - 1) * of_row + first_run + runs[which], quarters, scale);
  for (uint q = 0; q < 4; ++q) tile_x[(2 * q + which) * TILE_N + token] = quarters[q];
  scale_x[which * TILE_N + token] = scale;
}

void main() {
#ifdef PREPARES
  prepare_format();
#endif
  const uint first_row = gl_WorkGroupID.x * TILE_M, first_token = gl_WorkGroupID.y * TILE_N;
  const uint thread = gl_LocalInvocationID.x, across = TILE_M / THREAD_M;
  const uint row = thread % across, token = thread / across;  // and every across-th row and down-th token after
  const uint down = TILE_N / THREAD_N;
  float sums[THREAD_M * THREAD_N];
  for (uint i = 0; i < THREAD_M * THREAD_N; ++i) sums[i] = 0;
  for (uint block = 0; block < blocks; ++block) {
    for (uint unit = 0; unit < BLOCK_VALUES / 32; ++unit) {
      const uvec2 runs = runs_of(unit);
      for (uint i = thread; i < TILE_M; i += gl_WorkGroupSize.x) load_weights(i, first_row, block, unit);
      for (uint i = thread; i < 2 * TILE_N; i += gl_WorkGroupSize.x)
        load_activations(i, first_token, block * (BLOCK_VALUES / 16), runs);
      barrier();
      for (uint run = 0; run < 2; ++run) {
        PART parts[THREAD_M * THREAD_N];
        for (uint i = 0; i < THREAD_M * THREAD_N; ++i) parts[i] = NOTHING;
        for (uint q = 0; q < 4; ++q) {
          QUARTER w_part[THREAD_M];
          for (uint i = 0; i < THREAD_M; ++i) w_part[i] = tile_w[(2 * q + run) * TILE_M + row + i * across];
          for (uint j = 0; j < THREAD_N; ++j) {
            const QUARTER x_part = tile_x[(2 * q + run) * TILE_N + token + j * down];
            for (uint i = 0; i < THREAD_M; ++i) multiply(parts[j * THREAD_M + i], w_part[i], x_part);
          }
        }
        for (uint j = 0; j < THREAD_N; ++j) {
          const vec2 of_x = scale_x[run * TILE_N + token + j * down];
          for (uint i = 0; i < THREAD_M; ++i)
            sums[j * THREAD_M + i] += finish(parts[j * THREAD_M + i], scale_w[run * TILE_M + row + i * across], of_x);
        }
      }
      barrier();
    }
  }
  for (uint j = 0; j < THREAD_N; ++j) {
    for (uint i = 0; i < THREAD_M; ++i) {
      const uint r = first_row + row + i * across, t = first_token + token + j * down;
      if (r >= m || t >= n) continue;
      float sum = sums[j * THREAD_M + i];
#ifdef SCALED_ROWS
      sum *= row_scales[r];
#endif
      y[t * m + r] = sum;
    }
  }
}
