// The readers of the quantized formats, in the words of an instruction set (docs/simd_words.md): how the
// blocks of a format (Plain) and its packed units (Packed; packing.h) become groups of 32 unsigned bytes and
// their scales.
//
// Plain<format> has
//   shape               the BlockShape
//   groups(block, each) calls each(j, bytes of group j, its scales and mins) for each group of a block
//   int_scales(block)   of formats whose scales are integers under one d: all scales and mins of a block
//
// Packed<format> has, where scales are floats,
//   words(unit, g, q)             group g as 8 words, of 4 values of each row
//   scale(unit, g), min(unit, g)  its scale and min, of each row
//   flip                          what pack() was given (Packing::flip), where it is not 0
// and where scales are integers under one d, and stand before everything else in a unit,
//   together                      how many groups share bytes of the unit
//   word(unit, b, i, q)           word i of each of the `together` groups from b * together on
//   left(j)                       the values of group j in word() are multiplied by 1 << left(j)
//   d(unit), dmin(unit)           what scales and mins are multiplied with
//   min_pair(unit, p)             mins 2p and 2p + 1 (of two halves or of two groups) as a pair of int16
//   scale_pair(unit, p)           scales likewise, multiplied by 1 << pair_left
//   int_scale(unit, g, half)      or one scale, in place of scale_pair()

/// The scales of a group's two halves, and their mins, which are subtracted: w = scale * u - min.
struct Group {
  float first, second, first_min = 0, second_min = 0;
};

/// 16 bytes, and 16 numbers of 16 bits. The compiler knows them on every set.
typedef uint8_t Bytes16 __attribute__((vector_size(16)));
typedef int8_t SignedBytes16 __attribute__((vector_size(16)));
typedef int16_t Shorts16 __attribute__((vector_size(32)));
typedef uint32_t Words4 __attribute__((vector_size(16)));

/// A block's scales where they are integers: w . x = d * sum of scale (u . x) - dmin * sum of below * sum(x),
/// over the groups, or over their halves. Formats of groups have 8 of each, formats of halves 16.
struct IntScales {
  float d, dmin;
  alignas(32) int16_t scale[16];
  alignas(32) int16_t below[16];

  template <class Bytes>
  WEIGHIN_INLINE void set_scales(Bytes bytes, int less = 0) {
    const Shorts16 wide = __builtin_convertvector(bytes, Shorts16) - static_cast<int16_t>(less);
    __builtin_memcpy(scale, &wide, sizeof wide);
  }
  WEIGHIN_INLINE void set_below(Bytes16 bytes) {
    const Shorts16 wide = __builtin_convertvector(bytes, Shorts16);
    __builtin_memcpy(below, &wide, sizeof wide);
  }
  /// For a format with an offset, which subtracts offset * scale * sum(x).
  WEIGHIN_INLINE void set_offset(int offset) {
    dmin = d * static_cast<float>(offset);
    __builtin_memcpy(below, scale, sizeof below);
  }
  /// Keeps the numbers in memory, from where each is broadcast. The compiler would take the vectors apart
  /// instead, through general registers (GCC 12: 150 scalar instructions a block of q2_K).
  WEIGHIN_INLINE void settle() { asm("" : "+m"(scale), "+m"(below)); }
};

template <FormatId format>
struct Plain;
template <FormatId format>
struct Packed;

/// A table of 16 values, an offset added to each.
struct Table {
  alignas(16) uint8_t v[16];
};
constexpr Table table_of(const int8_t (&values)[16], int offset) {
  Table table{};
  for (int i = 0; i < 16; ++i) table.v[i] = static_cast<uint8_t>(values[i] + offset);
  return table;
}

/// A packed unit: one block of each of `lanes` rows, whose fields lie row beside row. Offsets count the bytes
/// of one row.
struct Unit {
  const std::byte* at;
  /// Of each row: 4 bytes; an f16; a byte as an integer; 4 bytes as an integer.
  WEIGHIN_INLINE LaneBytes word(int offset) const { return load_lane_bytes(field(offset)); }
  WEIGHIN_INLINE F32 halves(int offset) const { return load_f16(field(offset)); }
  WEIGHIN_INLINE I32 u8(int offset) const { return load_u8(field(offset)); }
  WEIGHIN_INLINE I32 ints(int offset) const { return load_i32(field(offset)); }

 private:
  WEIGHIN_INLINE const std::byte* field(int offset) const { return at + lanes * offset; }
};

/// 8 words, in the order in which they lie.
WEIGHIN_WORD void load_words(Unit unit, int at, LaneBytes (&q)[8]) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) q[i] = unit.word(at + 4 * i);
}
/// 4 words of nibbles. The low nibbles are words 0 to 3, the high ones words 4 to 7.
WEIGHIN_WORD void load_nibble_words(Unit unit, int at, LaneBytes (&q)[8]) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const LaneBytes both = unit.word(at + 4 * i);
    q[i] = part(both, 0, 15);
    q[i + 4] = part(both, 4, 15);
  }
}
/// Adds the fifth bits: bit i of each byte of `high` (Interleave::bits) belongs to word i.
WEIGHIN_WORD void add_fifth_bits(LaneBytes high, LaneBytes (&q)[8]) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) q[i] = add_part(q[i], high, i - 4, 16);
}
/// Whether products take unsigned bytes up to 255, so that values that lie high in their bytes need not be
/// moved down.
constexpr bool whole_bytes = wide_offset != 0;
constexpr int left_by(int bits) {
  return whole_bytes ? bits : 0;
}
/// Values that lie `left` bits up in their bytes, with zeros below. The result is multiplied by 1 <<
/// left_by(left).
WEIGHIN_WORD LaneBytes settled(LaneBytes b, int left) {
  return whole_bytes ? b : part(b, left, 255 >> left);
}
/// `bits` bits of each byte, from bit `right` on. The result is multiplied by 1 << left_by(right).
WEIGHIN_WORD LaneBytes bits_of(LaneBytes b, int right, int bits) {
  const int mask = (1 << bits) - 1;
  return whole_bytes ? part(b, 0, mask << right) : part(b, right, mask);
}
/// What part() and add_part() do with bytes, done with integers.
WEIGHIN_WORD I32 int_part(I32 a, int right, uint32_t mask) {
  return (right < 0 ? a << -right : shift_right(a, right)) & static_cast<int32_t>(mask);
}
WEIGHIN_WORD I32 add_int_part(I32 low, I32 a, int right, uint32_t mask) {
  return low | int_part(a, right, mask);
}
/// One of a pair of int16, which are multiplied by 1 << left.
WEIGHIN_WORD I32 one_of_pair(I32 pair, int second, int left) {
  return (second ? pair : pair << 16) >> (16 + left);
}
WEIGHIN_WORD void look_up_words(const uint8_t* table, LaneBytes (&q)[8]) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) q[i] = look_up(table, q[i]);
}

#include "kernels/cpu/formats/int4_g128.inl"
#include "kernels/cpu/formats/int8_channel.inl"
#include "kernels/cpu/formats/iq4_nl.inl"
#include "kernels/cpu/formats/iq4_xs.inl"
#include "kernels/cpu/formats/mxfp4.inl"
#include "kernels/cpu/formats/q2_K.inl"
#include "kernels/cpu/formats/q3_K.inl"
#include "kernels/cpu/formats/q4_0.inl"
#include "kernels/cpu/formats/q4_1.inl"
#include "kernels/cpu/formats/q4_K.inl"
#include "kernels/cpu/formats/q5_0.inl"
#include "kernels/cpu/formats/q5_K.inl"
#include "kernels/cpu/formats/q6_K.inl"
#include "kernels/cpu/formats/q8_0.inl"
#include "kernels/cpu/formats/tq2_0.inl"
