// The loop that reads memory.

/// The sum (mod 2^64) of the 64-bit words of `bytes` bytes, in four chains.
uint64_t stream_sum(const std::byte* data, uint64_t bytes) {
  constexpr uint64_t step = sizeof(U64);
  U64 a{}, b{}, c{}, d{};
  uint64_t i = 0;
  for (; i + 4 * step <= bytes; i += 4 * step) {
    a += load_u64(data + i);
    b += load_u64(data + i + step);
    c += load_u64(data + i + 2 * step);
    d += load_u64(data + i + 3 * step);
  }
  for (; i + step <= bytes; i += step) a += load_u64(data + i);
  a += b + c + d;
  uint64_t total = 0;
  for (uint32_t lane = 0; lane < step / 8; ++lane) total += a[lane];
  return total;
}
