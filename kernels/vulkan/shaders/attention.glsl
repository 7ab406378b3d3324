// Attention over a stretch of the keys. A workgroup takes ROWS queries that share a head's keys and values (heads of
// one token, or tokens of one head), and TILE keys at a time. For each query it keeps the largest score so far, the sum
// of the weights relative to that score, and the sum of the values times their weights. attention_join puts stretches
// together.
layout(binding = 0, std430) readonly buffer Queries { vec4 queries[]; };  // [token][head][QUADS]
layout(binding = 3, std430) writeonly buffer Sums { vec4 sums[]; };       // [stretch][token][head][QUADS]
layout(binding = 4, std430) writeonly buffer States { vec2 states[]; };   // [stretch][token][head]: largest score, sum of weights

/// The threads that hold the quads of one row are a team. Where there are more teams than rows, several teams share the
/// keys of a row.
const uint TEAMS = gl_WorkGroupSize.x / QUADS;
const uint ROW_TEAMS = TEAMS < ROWS ? TEAMS : ROWS;
const uint KEY_TEAMS = TEAMS / ROW_TEAMS;
const uint ROWS_A_TEAM = (ROWS + ROW_TEAMS - 1) / ROW_TEAMS;
/// A number below every score.
const float LEAST = -3.0e38;

shared vec4 query[ROWS * QUADS];
shared uvec2 tile[TILE * (QUADS + 1)];  // rows begin in different banks
shared float weights[ROWS * TILE];
shared float largest[ROWS], total[ROWS], shrink[ROWS];

uint first_row() { return gl_WorkGroupID.x * ROWS; }
uint seen_by(uint row) { return min(keys, first_seen + row); }
uint query_of(uint row) { return gl_WorkGroupID.y * y_step + row * row_step; }
/// Row 0 of the keys (which = 0) or values (which = 1) of this workgroup's head.
uint slab_row(uint which) { return (first_slab + 2 * (gl_WorkGroupID.y / y_of_cache) + which) % slabs * keys; }

void load_queries() {
  for (uint i = gl_LocalInvocationID.x; i < ROWS * QUADS; i += gl_WorkGroupSize.x) {
    const uint row = min(first_row() + i / QUADS, rows - 1);
    query[i] = queries[query_of(row) * QUADS + i % QUADS] * scale;
  }
  for (uint r = gl_LocalInvocationID.x; r < ROWS; r += gl_WorkGroupSize.x) {
    largest[r] = LEAST;
    total[r] = 0;
  }
}

void load_keys(uint key) {
  for (uint i = gl_LocalInvocationID.x; i < TILE * QUADS; i += gl_WorkGroupSize.x)
    tile[i / QUADS * (QUADS + 1) + i % QUADS] = words_of(slab_row(0) + min(key + i / QUADS, keys - 1), i % QUADS);
}

/// The score of a key for a query; less than any score where the query does not see the key.
void score(uint key, uint last) {
  for (uint i = gl_LocalInvocationID.x; i < ROWS * TILE; i += gl_WorkGroupSize.x) {
    const uint r = i / TILE, t = i % TILE;
    float sum = 0;
    for (uint quad = 0; quad < QUADS; ++quad)
      sum += dot(query[r * QUADS + quad], values_of(tile[t * (QUADS + 1) + quad]));
    weights[i] = key + t < min(last, seen_by(first_row() + r)) ? sum : LEAST;
  }
}

/// Turns scores into weights relative to the largest score so far.
void weigh() {
  for (uint r = gl_LocalInvocationID.x; r < ROWS; r += gl_WorkGroupSize.x) {
    float most = largest[r];
    for (uint t = 0; t < TILE; ++t) most = max(most, weights[r * TILE + t]);
    shrink[r] = exp(largest[r] - most);
    largest[r] = most;
  }
  barrier();
  for (uint i = gl_LocalInvocationID.x; i < ROWS * TILE; i += gl_WorkGroupSize.x)
    weights[i] = weights[i] == LEAST ? 0 : exp(weights[i] - largest[i / TILE]);
  barrier();
  for (uint r = gl_LocalInvocationID.x; r < ROWS; r += gl_WorkGroupSize.x) {
    float sum = 0;
    for (uint t = 0; t < TILE; ++t) sum += weights[r * TILE + t];
    total[r] = total[r] * shrink[r] + sum;
  }
}

void add_values(uint key, uint last, inout vec4 mine[ROWS_A_TEAM]) {
  const uint team = gl_LocalInvocationID.x / QUADS, quad = gl_LocalInvocationID.x % QUADS;
  if (team >= ROW_TEAMS * KEY_TEAMS) return;
  const uint row = team % ROW_TEAMS;
  for (uint j = 0; j < ROWS_A_TEAM; ++j) mine[j] *= shrink[min(row + j * ROW_TEAMS, ROWS - 1)];
  for (uint t = team / ROW_TEAMS; t < TILE && key + t < last; t += KEY_TEAMS) {
    const vec4 value = values_of(words_of(slab_row(1) + key + t, quad));
    for (uint j = 0; j < ROWS_A_TEAM; ++j) mine[j] += weights[min(row + j * ROW_TEAMS, ROWS - 1) * TILE + t] * value;
  }
}

/// Adds up what the teams of a row have, and writes it.
void write(vec4 mine[ROWS_A_TEAM]) {
  const uint team = gl_LocalInvocationID.x / QUADS, quad = gl_LocalInvocationID.x % QUADS;
  const uint first_query = gl_WorkGroupID.z * all_queries;
  for (uint share = 0; share < KEY_TEAMS; ++share) {
    for (uint j = 0; j < ROWS_A_TEAM; ++j) {
      const uint r = team % ROW_TEAMS + j * ROW_TEAMS;
      if (team / ROW_TEAMS != share || r >= ROWS) continue;
      query[r * QUADS + quad] = mine[j] + (share == 0 ? vec4(0) : query[r * QUADS + quad]);
    }
    barrier();
  }
  for (uint i = gl_LocalInvocationID.x; i < ROWS * QUADS; i += gl_WorkGroupSize.x) {
    const uint row = first_row() + i / QUADS;
    if (row < rows) sums[(first_query + query_of(row)) * QUADS + i % QUADS] = query[i];
  }
  for (uint r = gl_LocalInvocationID.x; r < ROWS; r += gl_WorkGroupSize.x)
    if (first_row() + r < rows) states[first_query + query_of(first_row() + r)] = vec2(largest[r], total[r]);
}

void main() {
  const uint first = gl_WorkGroupID.z * stretch;
  const uint last = min(first + stretch, seen_by(min(first_row() + ROWS, rows) - 1));
  vec4 mine[ROWS_A_TEAM];
  for (uint j = 0; j < ROWS_A_TEAM; ++j) mine[j] = vec4(0);
  load_queries();
  for (uint key = first; key < last; key += TILE) {
    load_keys(key);
    barrier();
    score(key, last);
    barrier();
    weigh();
    add_values(key, last, mine);
    barrier();
  }
  barrier();
  write(mine);
}
