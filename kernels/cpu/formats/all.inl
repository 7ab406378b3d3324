// Readers of every quantized format that has a kernel, in the words of an isa/*.h: how its blocks (Plain) and
// its units (Packed, packing.h) become groups of 32 unsigned bytes and their scales.
//
// Plain<format>: shape, and groups(block, each): each(j, bytes of group j, its scales and mins); of formats
// whose scales are whole numbers under one d, whole_scales(block) too.
// Packed<format>, of formats whose scales are floats: words(unit, g, q), group g as 8 words of 4 values of
// each row; scale(unit, g) and min(unit, g). Of those whose scales are whole numbers under one d, and whose
// units begin with them all: word(unit, b, i, q), word i of each of the groups [b, b + 1) * together, which
// share bytes of the unit, group j's times 1 << left(j); d(unit), dmin(unit); as pairs of int16, of two
// halves or of two groups, min_pair(unit, p) and scale_pair(unit, p), this times 1 << pair_left; or
// int_scale(unit, g, half). `flip`: what pack() got.

/// Scales of a group's two halves, and mins, which are subtracted: w = scale * u - min.
struct Group {
  float first, second, first_min = 0, second_min = 0;
};

/// Of a block whose scales are whole numbers: w . x = d * sum of scale (u . x) - dmin * sum of below *
/// sum(x), of each group, or of each half in turn.
struct WholeScales {
  float d, dmin;
  int32_t scale[16];
  int16_t below[16];
  /// Of a format with an offset.
  [[gnu::always_inline]] inline void set_offset(int offset, int count) {
    dmin = d * static_cast<float>(offset);
    for (int i = 0; i < count; ++i) below[i] = static_cast<int16_t>(scale[i]);
  }
};

template <FormatId format>
struct Plain;
template <FormatId format>
struct Packed;

/// A table of 16 bytes with an offset added to each value.
struct Table {
  alignas(16) uint8_t v[16];
};
constexpr Table table_of(const int8_t (&values)[16], int offset) {
  Table table{};
  for (int i = 0; i < 16; ++i) table.v[i] = static_cast<uint8_t>(values[i] + offset);
  return table;
}

/// One block of each of row_lanes rows. Offsets are bytes of one row's share: fields lie row beside row.
struct Unit {
  const std::byte* at;
  /// 4 bytes of each row, 2 as f16, 1 and 4 as a number.
  [[gnu::always_inline]] inline RowBytes word(int offset) const { return load_row_bytes(field(offset)); }
  [[gnu::always_inline]] inline RowFloats halves(int offset) const { return load_halves(field(offset)); }
  [[gnu::always_inline]] inline RowInts u8(int offset) const { return load_row_u8(field(offset)); }
  [[gnu::always_inline]] inline RowInts ints(int offset) const { return load_row_ints(field(offset)); }

 private:
  [[gnu::always_inline]] inline const std::byte* field(int offset) const { return at + row_lanes * offset; }
};

/// 8 words as they lie.
WEIGHIN_WORD void load_words(Unit unit, int at, RowBytes (&q)[8]) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) q[i] = unit.word(at + 4 * i);
}
/// 4 words of nibbles: the low ones are words 0 to 3.
WEIGHIN_WORD void load_nibble_words(Unit unit, int at, RowBytes (&q)[8]) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const RowBytes both = unit.word(at + 4 * i);
    q[i] = part(both, 0, 15);
    q[i + 4] = part(both, 4, 15);
  }
}
/// Bit i of each byte of `high` (Interleave::bits) is the fifth of word i.
WEIGHIN_WORD void add_fifth_bits(RowBytes high, RowBytes (&q)[8]) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) q[i] = add_part(q[i], high, i - 4, 16);
}
/// Whether products take bytes up to 255, so that values that lie high in theirs need not be moved down.
constexpr bool whole_bytes = wide_offset != 0;
constexpr int left_by(int bits) {
  return whole_bytes ? bits : 0;
}
/// Values that lie `left` bits up in their bytes, zeros below: times 1 << left_by(left).
WEIGHIN_WORD RowBytes settled(RowBytes b, int left) {
  return whole_bytes ? b : part(b, left, 255 >> left);
}
/// `bits` bits of each byte from `right` on: times 1 << left_by(right).
WEIGHIN_WORD RowBytes bits_of(RowBytes b, int right, int bits) {
  const int mask = (1 << bits) - 1;
  return whole_bytes ? part(b, 0, mask << right) : part(b, right, mask);
}
/// As part() and add_part(), of whole numbers.
WEIGHIN_WORD RowInts int_part(RowInts a, int right, uint32_t mask) {
  return int_and(right < 0 ? int_left(a, -right) : int_right(a, right), static_cast<int32_t>(mask));
}
WEIGHIN_WORD RowInts add_int_part(RowInts low, RowInts a, int right, uint32_t mask) {
  return int_or(low, int_part(a, right, mask));
}
/// One of a pair of int16, which comes times 1 << left.
WEIGHIN_WORD RowInts one_of_pair(RowInts pair, int second, int left) {
  return signed_right(second ? pair : int_left(pair, 16), 16 + left);
}
WEIGHIN_WORD void look_up_words(const uint8_t* table, RowBytes (&q)[8]) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) q[i] = look_up(table, q[i]);
}

#define WEIGHIN_PART [[gnu::always_inline]] static inline
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
