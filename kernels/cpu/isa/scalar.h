// The words in plain C++ and the compilers' vector extension, for any machine: vectors of 16 bytes become
// whatever the machine has.

#define WEIGHIN_FLOATS
#define WEIGHIN_INT8_DOTS
constexpr bool adds_plain_gemv = true;

constexpr int lanes = 4;
constexpr int gemm_tokens = 2;
constexpr int decode_sums = 8, prefill_rows = 4, prefill_vectors = 2;  // of 16 registers
typedef uint8_t LaneBytes __attribute__((vector_size(16)));
#include "kernels/cpu/isa/vectors.h"

// --- f32
WEIGHIN_WORD F32 multiply_add(F32 a, F32 b, F32 c) {
  return a * b + c;
}
WEIGHIN_WORD F32 larger(F32 a, F32 b) {
  return a > b ? a : b;
}
WEIGHIN_WORD F32 smaller(F32 a, F32 b) {
  return a < b ? a : b;
}
WEIGHIN_WORD float sum(F32 v) {
  return (v[0] + v[2]) + (v[1] + v[3]);
}
WEIGHIN_WORD float largest_lane(F32 v) {
  const float even = v[0] > v[2] ? v[0] : v[2], odd = v[1] > v[3] ? v[1] : v[3];
  return even > odd ? even : odd;
}
WEIGHIN_WORD F32 zip_low(F32 a, F32 b) {
  return __builtin_shufflevector(a, b, 0, 4, 1, 5);
}
WEIGHIN_WORD F32 zip_high(F32 a, F32 b) {
  return __builtin_shufflevector(a, b, 2, 6, 3, 7);
}
WEIGHIN_WORD F32 sums(const F32* v) {
  const F32 even = zip_low(v[0], v[2]) + zip_high(v[0], v[2]),
            odd = zip_low(v[1], v[3]) + zip_high(v[1], v[3]);
  return zip_low(even, odd) + zip_high(even, odd);
}
#include "kernels/cpu/isa/f16_by_integers.h"
/// Four values of 16 bits, zeros above them.
WEIGHIN_WORD I32 load_u16x4(const void* from) {
  typedef uint16_t U16 __attribute__((vector_size(16)));
  U16 v{};
  __builtin_memcpy(&v, from, 8);
  return reinterpret_cast<I32>(__builtin_shufflevector(v, U16{}, 0, 8, 1, 9, 2, 10, 3, 11));
}
WEIGHIN_WORD F32 load_f16(const void* from) {
  return widen_f16(load_u16x4(from));
}
#include "kernels/cpu/isa/f32_parts.h"
WEIGHIN_WORD F32 load_bf16(const void* from) {
  return as_f32(load_u16x4(from) << 16);
}
/// Four bytes, in the lowest byte of each lane.
WEIGHIN_WORD I32 load_u8(const void* from) {
  LaneBytes b{};
  __builtin_memcpy(&b, from, 4);
  return reinterpret_cast<I32>(
      __builtin_shufflevector(b, LaneBytes{}, 0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3, 16, 16, 16));
}
WEIGHIN_WORD F32 load_i8(const void* from) {
  return to_f32(load_u8(from) << 24 >> 24);
}

// --- integers
WEIGHIN_WORD I32 dot2(I32 sum, I32 pairs, const int16_t* x) {
  return sum + (pairs << 16 >> 16) * int32_t{x[0]} + (pairs >> 16) * int32_t{x[1]};
}
/// Products of bytes fit in 16 bits, sums of two do not: those of even and of odd bytes stay apart until they
/// are widened.
template <bool wide>
WEIGHIN_WORD I32 dot4(I32 sum, LaneBytes w, LaneBytes x) {
  typedef int16_t I16 __attribute__((vector_size(16)));
  typedef uint16_t U16 __attribute__((vector_size(16)));
  const I16 ws = reinterpret_cast<I16>(w), xs = reinterpret_cast<I16>(x);
  const I16 even = wide ? ws << 8 >> 8 : ws & 255;
  const I16 odd = wide ? ws >> 8 : reinterpret_cast<I16>(reinterpret_cast<U16>(w) >> 8);
  const I32 evens = reinterpret_cast<I32>(even * (xs << 8 >> 8)),
            odds = reinterpret_cast<I32>(odd * (xs >> 8));
  return sum + (evens << 16 >> 16) + (evens >> 16) + (odds << 16 >> 16) + (odds >> 16);
}

// --- four bytes in each lane
/// Bits that the shift moves to a neighbour's byte are not in `mask`.
WEIGHIN_WORD LaneBytes part(LaneBytes b, int right, int mask) {
  return (right >= 0 ? b >> right : b << -right) & static_cast<uint8_t>(mask);
}
WEIGHIN_WORD LaneBytes add_part(LaneBytes low, LaneBytes b, int right, int mask) {
  return low | part(b, right, mask);
}
WEIGHIN_WORD LaneBytes look_up(const uint8_t* table, LaneBytes indices) {
  uint8_t bytes[4 * lanes];  // single bytes of a vector would each be a store and a load of all of it
  store_lane_bytes(bytes, indices);
  for (uint8_t& byte : bytes) byte = table[byte];
  return load_lane_bytes(bytes);
}

// --- groups of 32 bytes
struct GroupBytes {
  uint8_t v[32];
};
struct GroupDots {
  int32_t first, second;
};
struct FloatSums {
  float v;
};
struct IntSums {
  int32_t v;
};
constexpr int wide_offset = 0;

WEIGHIN_WORD float one_f16(const void* at) {
  return half_to_float(load_u16(static_cast<const std::byte*>(at)));
}
WEIGHIN_WORD GroupBytes load_group(const void* from) {
  GroupBytes b;
  __builtin_memcpy(b.v, from, 32);
  return b;
}
WEIGHIN_WORD void store_group(void* to, GroupBytes b) {
  __builtin_memcpy(to, b.v, 32);
}
WEIGHIN_WORD GroupBytes load_nibbles(const void* from) {
  GroupBytes b;
  const auto* bytes = static_cast<const uint8_t*>(from);
  for (int i = 0; i < 16; ++i) {
    b.v[i] = bytes[i] & 15;
    b.v[i + 16] = bytes[i] >> 4;
  }
  return b;
}
WEIGHIN_WORD uint8_t part(uint8_t b, int right, int mask) {
  return static_cast<uint8_t>((right >= 0 ? b >> right : b << -right) & mask);
}
WEIGHIN_WORD GroupBytes part(GroupBytes b, int right, int mask) {
  for (uint8_t& byte : b.v) byte = part(byte, right, mask);
  return b;
}
WEIGHIN_WORD GroupBytes add_part(GroupBytes low, GroupBytes b, int right, int mask) {
  for (int i = 0; i < 32; ++i) low.v[i] |= part(b.v[i], right, mask);
  return low;
}
WEIGHIN_WORD GroupBytes look_up(const uint8_t* table, GroupBytes indices) {
  for (uint8_t& byte : indices.v) byte = table[byte];
  return indices;
}
WEIGHIN_WORD GroupBytes spread_bits(const void* at) {
  GroupBytes b;
  const auto* bytes = static_cast<const uint8_t*>(at);
  for (int i = 0; i < 32; ++i) b.v[i] = bytes[i / 8] >> i % 8 & 1 ? 0xff : 0;
  return b;
}
WEIGHIN_WORD GroupBytes widen(GroupBytes b) {
  return b;
}
WEIGHIN_WORD GroupDots dot(GroupBytes w, GroupBytes x) {
  GroupDots d{0, 0};
  for (int i = 0; i < 16; ++i) d.first += w.v[i] * static_cast<int8_t>(x.v[i]);
  for (int i = 16; i < 32; ++i) d.second += w.v[i] * static_cast<int8_t>(x.v[i]);
  return d;
}
WEIGHIN_WORD GroupDots dot_wide(GroupBytes w, GroupBytes x) {
  GroupDots d{0, 0};
  for (int i = 0; i < 16; ++i) d.first += static_cast<int8_t>(w.v[i]) * static_cast<int8_t>(x.v[i]);
  for (int i = 16; i < 32; ++i) d.second += static_cast<int8_t>(w.v[i]) * static_cast<int8_t>(x.v[i]);
  return d;
}
WEIGHIN_WORD FloatSums add_scaled(FloatSums a, GroupDots d, float first, float second) {
  return {a.v + static_cast<float>(d.first) * first + static_cast<float>(d.second) * second};
}
WEIGHIN_WORD IntSums add_times(IntSums a, GroupDots d, int32_t first, int32_t second) {
  return {a.v + d.first * first + d.second * second};
}
template <int count>
WEIGHIN_WORD IntSums products_of(const int16_t* a, const int16_t* b) {
  IntSums sums{0};
  for (int i = 0; i < count; ++i) sums.v += a[i] * b[i];
  return sums;
}
WEIGHIN_WORD FloatSums add_scaled(FloatSums a, IntSums ints, float scale) {
  return {a.v + static_cast<float>(ints.v) * scale};
}
WEIGHIN_WORD float sum(FloatSums a) {
  return a.v;
}

// --- what cpu.peak_int8 repeats
constexpr int peak_int8_operations = 8 * lanes;
WEIGHIN_WORD I32 peak_int8_step(I32 sum, LaneBytes x, LaneBytes y) {
  return dot4<false>(sum, x, y);
}
