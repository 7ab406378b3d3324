// Y[n][m] = X[n][k] W[m][k]^T with a GPU's matrix units. A workgroup computes a tile of TILE_M rows by TILE_N tokens,
// and each subgroup SUB_M by SUB_N of it, in fragments of MAT_M by MAT_N. For every row and token of the tile, a unit
// of 32 values at a time lies in shared memory as halves. Each row and each token is scaled by a power of two to at
// most 1 (row_power.glsl, quantize_rows.glsl). Sums are floats.
#include "halves.glsl"

layout(local_size_x_id = 0) in;  // threads of all subgroups
layout(constant_id = 1) const uint TILE_M = 32;
layout(constant_id = 2) const uint TILE_N = 32;
layout(constant_id = 3) const uint SUB_M = 16;
layout(constant_id = 4) const uint SUB_N = 16;
layout(constant_id = 5) const uint MAT_M = 16;
layout(constant_id = 6) const uint MAT_N = 16;
layout(constant_id = 7) const uint MAT_K = 16;

layout(binding = 5, std430) readonly buffer RowPowers { float row_powers[]; };  // of all rows in the buffer

#define WEIGHTS fcoopmatNV<16, gl_ScopeSubgroup, MAT_M, MAT_K>
#define ACTIVATIONS fcoopmatNV<16, gl_ScopeSubgroup, MAT_K, MAT_N>
#define SUMS fcoopmatNV<32, gl_ScopeSubgroup, MAT_M, MAT_N>

// Quads of a row: 32 halves, and 8 more that are not used, so that rows lie in different banks.
const uint STRIDE = 5;
const uint SUBGROUPS = (TILE_M / SUB_M) * (TILE_N / SUB_N);
const uint DOWN = SUB_M / MAT_M, ACROSS = SUB_N / MAT_N;  // fragments of a subgroup
shared uvec4 tile_w[STRIDE * TILE_M];
shared uvec4 tile_x[STRIDE * TILE_N];
shared float staged[SUBGROUPS * MAT_M * MAT_N];

void load_weights(uint row, uint first_row, uint block, uint unit) {
  const uint at = first_block / blocks + min(first_row + row, m - 1);
  vec4 a[4], b[4];
  vec2 scale_a, scale_b;
  read_weights(at * blocks + block, unit, a, b, scale_a, scale_b);
  const float down = 1 / row_powers[at];
  for (uint i = 0; i < 2; ++i) {
    tile_w[STRIDE * row + i] = uvec4(halves_of(a[2 * i] * down), halves_of(a[2 * i + 1] * down));
    tile_w[STRIDE * row + 2 + i] = uvec4(halves_of(b[2 * i] * down), halves_of(b[2 * i + 1] * down));
  }
}

/// Loads a run of 16 values of one token.
void load_activations(uint i, uint first_token, uint first_run, uvec2 runs) {
  const uint token = i / 2, which = i % 2, of_row = blocks * (BLOCK_VALUES / 16);
  const uint run = min(first_token + token, n - 1) * of_row + first_run + runs[which];
  tile_x[STRIDE * token + 2 * which] = x4[2 * run];
  tile_x[STRIDE * token + 2 * which + 1] = x4[2 * run + 1];
}

void main() {
#ifdef PREPARES
  prepare_format();
#endif
  const uint first_row = gl_WorkGroupID.x * TILE_M, first_token = gl_WorkGroupID.y * TILE_N;
  const uint thread = gl_LocalInvocationID.x;
  const uint sub_row = gl_SubgroupID % (TILE_M / SUB_M) * SUB_M, sub_token = gl_SubgroupID / (TILE_M / SUB_M) * SUB_N;
  SUMS sums[DOWN * ACROSS];
  for (uint i = 0; i < DOWN * ACROSS; ++i) sums[i] = SUMS(0.0);
  for (uint block = 0; block < blocks; ++block) {
    for (uint unit = 0; unit < BLOCK_VALUES / 32; ++unit) {
      const uvec2 runs = runs_of(unit);
      for (uint i = thread; i < TILE_M + 2 * TILE_N; i += gl_WorkGroupSize.x) {
        if (i < TILE_M)
          load_weights(i, first_row, block, unit);
        else
          load_activations(i - TILE_M, first_token, block * (BLOCK_VALUES / 16), runs);
      }
      barrier();
      for (uint k = 0; k < 32; k += MAT_K) {
        WEIGHTS w_part[DOWN];
        for (uint i = 0; i < DOWN; ++i)
          coopMatLoadNV(w_part[i], tile_w, STRIDE * (sub_row + i * MAT_M) + k / 8, STRIDE, false);
        for (uint j = 0; j < ACROSS; ++j) {
          ACTIVATIONS x_part;
          coopMatLoadNV(x_part, tile_x, STRIDE * (sub_token + j * MAT_N) + k / 8, STRIDE, true);
          for (uint i = 0; i < DOWN; ++i)
            sums[j * DOWN + i] = coopMatMulAddNV(w_part[i], x_part, sums[j * DOWN + i]);
        }
      }
      barrier();
    }
  }
  const uint mine = gl_SubgroupID * MAT_M * MAT_N;
  for (uint j = 0; j < ACROSS; ++j) {
    for (uint i = 0; i < DOWN; ++i) {
      coopMatStoreNV(sums[j * DOWN + i], staged, mine, MAT_M, true);
      barrier();
      for (uint e = gl_SubgroupInvocationID; e < MAT_M * MAT_N; e += gl_SubgroupSize) {
        const uint r = first_row + sub_row + i * MAT_M + e % MAT_M, t = first_token + sub_token + j * MAT_N + e / MAT_M;
        if (r >= m || t >= n) continue;
        float sum = staged[mine + e] * row_powers[first_block / blocks + r] * x_scales[t].x;
#ifdef SCALED_ROWS
        sum *= row_scales[r];
#endif
        y[t * m + r] = sum;
      }
      barrier();
    }
  }
}
