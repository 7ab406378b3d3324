// Readers of every quantized format that has a kernel, in the words of an isa_*.h: how its blocks (Plain) and
// its units (Packed, packing.h) become groups of 32 unsigned bytes and their scales.
//
// Plain<format>: shape, and groups(block, each): each(j, bytes of group j, its scales and mins).
// Packed<format>: words(unit, g, q): group g as 8 words of 4 values of each row; and, of formats whose scales
// are floats, scale(unit, g) and min(unit, g); of those whose scales are whole numbers under one d,
// int_scale(unit, g, half), int_min(unit, g, half), d(unit), dmin(unit). `flip`: what pack() got.

/// Scales of a group's two halves, and mins, which are subtracted: w = scale * u - min.
struct Group {
  float first, second, first_min = 0, second_min = 0;
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

/// 8 words as they lie.
WEIGHIN_WORD void load_words(const std::byte* at, RowBytes (&q)[8]) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) q[i] = load_row_bytes(at + 4 * row_lanes * i);
}
/// 4 words of nibbles: the low ones are words 0 to 3.
WEIGHIN_WORD void load_nibble_words(const std::byte* at, RowBytes (&q)[8]) {
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const RowBytes both = load_row_bytes(at + 4 * row_lanes * i);
    q[i] = part(both, 0, 15);
    q[i + 4] = part(both, 4, 15);
  }
}
/// 2 words of pairs (Interleave::pairs).
WEIGHIN_WORD void load_pair_words(const std::byte* at, RowBytes (&q)[8]) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) q[i] = part(load_row_bytes(at + 4 * row_lanes * (i / 4)), 2 * (i % 4), 3);
}
/// Bit i of each byte of `high` (Interleave::bits) is the fifth of word i.
WEIGHIN_WORD void add_fifth_bits(RowBytes high, RowBytes (&q)[8]) {
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) q[i] = add_part(q[i], high, i - 4, 16);
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
