// Loads and stores of fewer values than a register has, for sets without masks: by way of memory. In the
// words F, lanes and load_f16 of such a set.

WEIGHIN_WORD F load_part(const float* from, uint32_t count) {
  F padded{};
  __builtin_memcpy(&padded, from, count * sizeof(float));
  return padded;
}
WEIGHIN_WORD void store_part(float* to, F v, uint32_t count) {
  __builtin_memcpy(to, &v, count * sizeof(float));
}
WEIGHIN_WORD F load_f16_part(const uint16_t* from, uint32_t count) {
  uint16_t padded[lanes] = {};
  __builtin_memcpy(padded, from, count * sizeof(uint16_t));
  return load_f16(padded);
}
