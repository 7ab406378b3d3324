// The vocabulary of the matrix kernels in plain C++; the other isa/*.h say the same words.
// Included inside a namespace of its own by target_scalar.cc.

#define WEIGHIN_WORD static inline

// --- dot products of bytes, 32 at a time
struct Bytes {
  uint8_t v[32];
};
struct Dots {  // of values 0-15 and 16-31
  int32_t first, second;
};
struct Lanes {
  float v;
};
/// Weights that need all 8 bits are kept as q + wide_offset.
constexpr int wide_offset = 0;

WEIGHIN_WORD float half(const void* at) {
  return half_to_float(load_u16(static_cast<const std::byte*>(at)));
}
WEIGHIN_WORD Bytes load(const void* at) {
  Bytes b;
  __builtin_memcpy(b.v, at, 32);
  return b;
}
WEIGHIN_WORD void store(void* at, Bytes b) {
  __builtin_memcpy(at, b.v, 32);
}
/// 16 bytes: low nibbles, then high nibbles.
WEIGHIN_WORD Bytes load_nibbles(const void* at) {
  Bytes b;
  const auto* from = static_cast<const uint8_t*>(at);
  for (int i = 0; i < 16; ++i) {
    b.v[i] = from[i] & 15;
    b.v[i + 16] = from[i] >> 4;
  }
  return b;
}
/// Each byte of `b` moved to the right (to the left, where negative), of which the bits in `mask` remain:
/// none that the move brings in from a neighbour.
WEIGHIN_WORD uint8_t part(uint8_t b, int right, int mask) {
  return static_cast<uint8_t>((right >= 0 ? b >> right : b << -right) & mask);
}
WEIGHIN_WORD Bytes part(Bytes b, int right, int mask) {
  for (uint8_t& byte : b.v) byte = part(byte, right, mask);
  return b;
}
/// part() joined with `low`.
WEIGHIN_WORD Bytes add_part(Bytes low, Bytes b, int right, int mask) {
  for (int i = 0; i < 32; ++i) low.v[i] |= part(b.v[i], right, mask);
  return low;
}
/// table[16] of each byte, which is less than 16; the table on a 16-byte line.
WEIGHIN_WORD Bytes look_up(const uint8_t* table, Bytes indices) {
  for (uint8_t& byte : indices.v) byte = table[byte];
  return indices;
}
/// 32 bits: byte i is 0xff where bit i is set, else 0.
WEIGHIN_WORD Bytes spread_bits(const void* at) {
  Bytes b;
  const auto* from = static_cast<const uint8_t*>(at);
  for (int i = 0; i < 32; ++i) b.v[i] = from[i / 8] >> i % 8 & 1 ? 0xff : 0;
  return b;
}
WEIGHIN_WORD Bytes widen(Bytes b) {
  return b;
}
WEIGHIN_WORD Dots dot(Bytes w, Bytes x) {
  Dots d{0, 0};
  for (int i = 0; i < 16; ++i) d.first += w.v[i] * static_cast<int8_t>(x.v[i]);
  for (int i = 16; i < 32; ++i) d.second += w.v[i] * static_cast<int8_t>(x.v[i]);
  return d;
}
WEIGHIN_WORD Dots dot_wide(Bytes w, Bytes x) {
  Dots d{0, 0};
  for (int i = 0; i < 16; ++i) d.first += static_cast<int8_t>(w.v[i]) * static_cast<int8_t>(x.v[i]);
  for (int i = 16; i < 32; ++i) d.second += static_cast<int8_t>(w.v[i]) * static_cast<int8_t>(x.v[i]);
  return d;
}
WEIGHIN_WORD Lanes no_lanes() {
  return {0};
}
WEIGHIN_WORD Lanes add_scaled(Lanes a, Dots d, float first, float second) {
  return {a.v + static_cast<float>(d.first) * first + static_cast<float>(d.second) * second};
}
/// Whole numbers of a block's groups, before they are made floats.
struct IntLanes {
  int32_t v;
};
WEIGHIN_WORD IntLanes no_int_lanes() {
  return {0};
}
WEIGHIN_WORD IntLanes add_times(IntLanes a, Dots d, int32_t first, int32_t second) {
  return {a.v + d.first * first + d.second * second};
}
WEIGHIN_WORD Lanes add_scaled(Lanes a, IntLanes ints, float scale) {
  return {a.v + static_cast<float>(ints.v) * scale};
}
WEIGHIN_WORD float total(Lanes a) {
  return a.v;
}

// --- panels: lanes are rows
constexpr int row_lanes = 4, row_vectors = 2, tokens_together = 2;
struct RowInts {
  int32_t v[row_lanes];
};
struct RowFloats {
  float v[row_lanes];
};
WEIGHIN_WORD RowInts all_ints(int32_t value) {
  RowInts r;
  for (int i = 0; i < row_lanes; ++i) r.v[i] = value;
  return r;
}
WEIGHIN_WORD RowFloats all_floats(float value) {
  RowFloats r;
  for (int i = 0; i < row_lanes; ++i) r.v[i] = value;
  return r;
}
WEIGHIN_WORD RowFloats load_rows(const float* at) {
  RowFloats r;
  __builtin_memcpy(r.v, at, sizeof r.v);
  return r;
}
WEIGHIN_WORD void store_rows(float* at, RowFloats r) {
  __builtin_memcpy(at, r.v, sizeof r.v);
}
#include "kernels/cpu/isa/some_rows.h"
WEIGHIN_WORD RowFloats add_rows(RowFloats a, RowFloats b) {
  for (int i = 0; i < row_lanes; ++i) a.v[i] += b.v[i];
  return a;
}
/// Four bytes of each row.
struct RowBytes {
  uint8_t v[4 * row_lanes];
};
WEIGHIN_WORD RowBytes load_row_bytes(const void* at) {
  RowBytes b;
  __builtin_memcpy(b.v, at, sizeof b.v);
  return b;
}
WEIGHIN_WORD void store_row_bytes(void* at, RowBytes b) {
  __builtin_memcpy(at, b.v, sizeof b.v);
}
WEIGHIN_WORD RowBytes part(RowBytes b, int right, int mask) {
  for (uint8_t& byte : b.v) byte = part(byte, right, mask);
  return b;
}
WEIGHIN_WORD RowBytes add_part(RowBytes low, RowBytes b, int right, int mask) {
  for (int i = 0; i < 4 * row_lanes; ++i) low.v[i] |= part(b.v[i], right, mask);
  return low;
}
WEIGHIN_WORD RowBytes look_up(const uint8_t* table, RowBytes indices) {
  for (uint8_t& byte : indices.v) byte = table[byte];
  return indices;
}
/// A whole number of each row.
WEIGHIN_WORD RowInts load_row_ints(const void* at) {
  RowInts r;
  __builtin_memcpy(r.v, at, sizeof r.v);
  return r;
}
/// One byte of each row.
WEIGHIN_WORD RowInts load_row_u8(const void* at) {
  RowInts r;
  for (int i = 0; i < row_lanes; ++i) r.v[i] = static_cast<const uint8_t*>(at)[i];
  return r;
}
WEIGHIN_WORD RowInts int_and(RowInts a, int32_t mask) {
  for (int32_t& lane : a.v) lane &= mask;
  return a;
}
WEIGHIN_WORD RowInts int_or(RowInts a, RowInts b) {
  for (int i = 0; i < row_lanes; ++i) a.v[i] |= b.v[i];
  return a;
}
WEIGHIN_WORD RowInts int_add(RowInts a, RowInts b) {
  for (int i = 0; i < row_lanes; ++i) a.v[i] += b.v[i];
  return a;
}
WEIGHIN_WORD RowInts int_times(RowInts a, RowInts b) {
  for (int i = 0; i < row_lanes; ++i) a.v[i] *= b.v[i];
  return a;
}
WEIGHIN_WORD RowInts int_left(RowInts a, int bits) {
  for (int32_t& lane : a.v) lane <<= bits;
  return a;
}
/// Zeros come in from the left.
WEIGHIN_WORD RowInts int_right(RowInts a, int bits) {
  for (int32_t& lane : a.v) lane = static_cast<int32_t>(static_cast<uint32_t>(lane) >> bits);
  return a;
}
/// The sign stays.
WEIGHIN_WORD RowInts signed_right(RowInts a, int bits) {
  for (int32_t& lane : a.v) lane >>= bits;
  return a;
}
/// Adds pairs[row][2] . x[2], of int16, the first in the low half, to each row's lane.
WEIGHIN_WORD RowInts dot2(RowInts sum, RowInts pairs, const int16_t* x) {
  for (int i = 0; i < row_lanes; ++i) {
    sum.v[i] += static_cast<int16_t>(pairs.v[i] & 0xffff) * x[0] + (pairs.v[i] >> 16) * x[1];
  }
  return sum;
}
WEIGHIN_WORD RowFloats bits_as_floats(RowInts a) {
  RowFloats r;
  __builtin_memcpy(r.v, a.v, sizeof r.v);
  return r;
}
/// Adds w[row][4] . x[4] to each row's lane.
template <bool wide>
WEIGHIN_WORD RowInts dot4(RowInts sum, RowBytes w, const int8_t* x) {
  for (int i = 0; i < row_lanes; ++i) {
    for (int j = 0; j < 4; ++j) {
      sum.v[i] += (wide ? static_cast<int8_t>(w.v[i * 4 + j]) : w.v[i * 4 + j]) * x[j];
    }
  }
  return sum;
}
WEIGHIN_WORD RowFloats to_floats(RowInts a) {
  RowFloats r;
  for (int i = 0; i < row_lanes; ++i) r.v[i] = static_cast<float>(a.v[i]);
  return r;
}
WEIGHIN_WORD RowFloats times(RowFloats a, RowFloats b) {
  for (int i = 0; i < row_lanes; ++i) a.v[i] *= b.v[i];
  return a;
}
WEIGHIN_WORD RowFloats add_product(RowFloats sum, RowFloats a, RowFloats b) {
  for (int i = 0; i < row_lanes; ++i) sum.v[i] += a.v[i] * b.v[i];
  return sum;
}
WEIGHIN_WORD RowFloats subtract_product(RowFloats from, RowFloats a, RowFloats b) {
  for (int i = 0; i < row_lanes; ++i) from.v[i] -= a.v[i] * b.v[i];
  return from;
}
WEIGHIN_WORD float sum_of(RowFloats a) {
  float sum = 0;
  for (int i = 0; i < row_lanes; ++i) sum += a.v[i];
  return sum;
}
WEIGHIN_WORD RowFloats load_halves(const void* at) {
  RowFloats r;
  for (int i = 0; i < row_lanes; ++i) r.v[i] = half(static_cast<const std::byte*>(at) + 2 * i);
  return r;
}
WEIGHIN_WORD RowFloats load_bf16(const void* at) {
  RowFloats r;
  for (int i = 0; i < row_lanes; ++i) {
    r.v[i] = bf16_to_float(load_u16(static_cast<const std::byte*>(at) + 2 * i));
  }
  return r;
}
