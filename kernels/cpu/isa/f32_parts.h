// Loads and stores of fewer values than a register has, by way of memory, for sets without masks. Included
// after the set's load_f16.

WEIGHIN_WORD F32 load_f32_part(const void* from, uint32_t count) {
  F32 padded{};
  __builtin_memcpy(&padded, from, count * sizeof(float));
  return padded;
}
WEIGHIN_WORD void store_f32_part(float* to, F32 v, uint32_t count) {
  __builtin_memcpy(to, &v, count * sizeof(float));
}
WEIGHIN_WORD F32 load_f16_part(const void* from, uint32_t count) {
  uint16_t padded[lanes] = {};
  __builtin_memcpy(padded, from, count * sizeof(uint16_t));
  return load_f16(padded);
}
