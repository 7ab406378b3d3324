// What the shaders of attention share.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint ROWS = 8;
layout(constant_id = 2) const uint TILE = 32;
layout(constant_id = 3) const uint QUADS = 32;  // quads (4 values) of a head

layout(push_constant, std430) uniform Arguments {
  uint rows;         // queries that share keys
  uint row_step;     // queries from one of these to the next
  uint y_step;       // queries from the first of workgroup y to the first of workgroup y + 1
  uint y_of_cache;   // how many workgroups y share one head of the cache
  uint keys;
  uint stretch;      // keys of workgroup z
  uint first_seen;   // keys that row 0 sees; each later row sees one more, until all are seen
  uint all_queries;
  uint first_slab;   // of the cache, which has the keys and values of each head in turn, `keys` rows each
  uint slabs;        // after which the slabs begin again
  uint scales_at;    // where the cache has scales, in words
  uint stretches;
  float scale;       // of the scores
};
