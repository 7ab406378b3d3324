// What attention's shaders share.
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint ROWS = 8;
layout(constant_id = 2) const uint TILE = 32;
layout(constant_id = 3) const uint QUADS = 32;  // of 4 values, in a head

layout(push_constant, std430) uniform Arguments {
  uint rows;         // queries that share keys
  uint row_step;     // in queries, from one to the next
  uint y_step;       // from the first of workgroup y to that of the next
  uint y_of_cache;   // workgroups y that share one head of the cache
  uint keys;
  uint stretch;      // keys of workgroup z
  uint first_seen;   // keys that row 0 sees; each later row sees one more, up to all
  uint all_queries;
  uint first_slab;   // of the cache: keys and values of a head in turn, `keys` rows each
  uint slabs;        // after which they begin again
  uint scales_at;    // words: where the cache has scales
  uint stretches;
  float scale;       // of scores
};
