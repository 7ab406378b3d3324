// Loads and stores of fewer rows than a register has, for sets without masks: by way of memory. In the words
// load_rows and store_rows, of a set that has these.

/// At most row_lanes of them, `count`; the rest of a load is 0.
WEIGHIN_WORD RowFloats load_some_rows(const float* at, int count) {
  if (count >= row_lanes) return load_rows(at);
  float all[row_lanes] = {};
  for (int i = 0; i < count; ++i) all[i] = at[i];
  return load_rows(all);
}
WEIGHIN_WORD void store_some_rows(float* at, RowFloats r, uint64_t count) {
  if (count >= row_lanes) return store_rows(at, r);
  float all[row_lanes];
  store_rows(all, r);
  for (uint64_t i = 0; i < count; ++i) at[i] = all[i];
}
