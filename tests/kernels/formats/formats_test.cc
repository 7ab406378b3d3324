// Formats: bytes that are written by hand are decoded, and encoded values are decoded again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <vector>

#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"
#include "kernels/reference/matrix.h"

namespace weighin {
namespace {

constexpr uint16_t half_one = 0x3c00, half_two = 0x4000, half_quarter = 0x3400;

std::vector<double> decoded(FormatId format, const std::vector<std::byte>& bytes) {
  const QuantFormat& f = format_of(format);
  std::vector<double> values(bytes.size() / f.block_bytes * f.block_values);
  codec_of(format).decode(bytes.data(), values.data(), static_cast<uint32_t>(values.size()));
  return values;
}

TEST(Half, EveryNumberGoesThereAndBack) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = half_to_float(static_cast<uint16_t>(bits));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(value))));
    } else {
      ASSERT_EQ(float_to_half(value), bits);
    }
  }
}

TEST(Half, KnownNumbersAndRounding) {
  EXPECT_EQ(half_to_float(0x3c00), 1.0F);
  EXPECT_EQ(half_to_float(0xc500), -5.0F);
  EXPECT_EQ(half_to_float(0x0001), 0x1p-24F);
  EXPECT_EQ(half_to_float(0x7bff), 65504.0F);
  EXPECT_EQ(float_to_half(1 + 0x1p-11F), 0x3c00) << "a tie goes to even";
  EXPECT_EQ(float_to_half(1 + 0x3p-11F), 0x3c02) << "a tie goes to even";
  EXPECT_EQ(float_to_half(65520.0F), 0x7c00);
  EXPECT_EQ(float_to_half(0x1p-26F), 0);
  EXPECT_EQ(float_to_bf16(1 + 0x1p-8F), 0x3f80);
  EXPECT_EQ(float_to_bf16(1 + 0x3p-8F), 0x3f82);
}

TEST(Formats, Q4_0LowNibblesComeFirst) {
  std::vector<std::byte> block(18, std::byte{0x88});
  store_u16(block.data(), half_two);
  block[2] = std::byte{0xf0};
  block[17] = std::byte{0x19};
  const auto v = decoded(FormatId::q4_0, block);
  EXPECT_EQ(v[0], -16);
  EXPECT_EQ(v[16], 14);
  EXPECT_EQ(v[15], 2);
  EXPECT_EQ(v[31], -14);
  EXPECT_EQ(v[1], 0);
}

TEST(Formats, Q8_0IsSigned) {
  std::vector<std::byte> block(34);
  store_u16(block.data(), half_quarter);
  block[2] = std::byte{0x80};
  block[33] = std::byte{0x7f};
  const auto v = decoded(FormatId::q8_0, block);
  EXPECT_EQ(v[0], -32);
  EXPECT_EQ(v[31], 31.75);
  EXPECT_EQ(v[5], 0);
}

TEST(Formats, Q4_KScalesAndMinsArePackedInSixBits) {
  std::vector<std::byte> block(144);
  store_u16(block.data(), half_one);
  store_u16(block.data() + 2, half_two);
  // Group 0: scale 33 in byte 0, min 5 in byte 4. Group 4: scale 2<<4|7, its high bits in byte 0; min
  // 1<<4|9, high bits in byte 4, both low halves in byte 8.
  block[4 + 0] = std::byte{33 | 2 << 6};
  block[4 + 4] = std::byte{5 | 1 << 6};
  block[4 + 8] = std::byte{7 | 9 << 4};
  block[16 + 3] = std::byte{0x2e};       // group 0 value 3 is 14; group 1 value 3 is 2, its scale 0
  block[16 + 2 * 32] = std::byte{0x0b};  // group 4 value 0
  const auto v = decoded(FormatId::q4_K, block);
  EXPECT_EQ(v[3], 33 * 14 - 2 * 5);
  EXPECT_EQ(v[0], -2 * 5);
  EXPECT_EQ(v[32 + 3], 0);
  EXPECT_EQ(v[128], (2 * 16 + 7) * 11 - 2 * (16 + 9));
  EXPECT_EQ(v[129], -2 * (16 + 9));
}

TEST(Formats, Q6_KPutsTogetherLowAndHighBits) {
  std::vector<std::byte> block(210);
  store_u16(block.data() + 208, half_one);
  for (int i = 0; i < 16; ++i) block[192 + i] = static_cast<std::byte>(i - 8);
  block[1] = std::byte{0xa5};              // values 1 (low 5) and 65 (low 10)
  block[32 + 1] = std::byte{0x3c};         // values 33 (low 12) and 97 (low 3)
  block[128 + 1] = std::byte{0b11100100};  // high pairs 0, 1, 2, 3 of values 1, 33, 65, 97
  block[64 + 32 + 31] = std::byte{0xf0};   // second half: values 128+63 (low 0) and 128+127 (low 15)
  block[128 + 32 + 31] = std::byte{0xc0};  // high pair 3 of value 255
  const auto v = decoded(FormatId::q6_K, block);
  EXPECT_EQ(v[1], -8 * (5 - 32));
  EXPECT_EQ(v[33], -6 * (16 + 12 - 32));
  EXPECT_EQ(v[65], -4 * (32 + 10 - 32));
  EXPECT_EQ(v[97], -2 * (48 + 3 - 32));
  EXPECT_EQ(v[191], 3 * -32);
  EXPECT_EQ(v[255], 7 * (63 - 32));
}

TEST(Formats, FifthBitsAreOneAValue) {
  std::vector<std::byte> block(22);
  store_u16(block.data(), half_one);
  block[2 + 2] = std::byte{0x02};  // value 17
  block[6 + 1] = std::byte{0x93};  // values 1 (3) and 17 (9)
  const auto v = decoded(FormatId::q5_0, block);
  EXPECT_EQ(v[1], 3 - 16);
  EXPECT_EQ(v[17], 9 + 16 - 16);
  std::vector<std::byte> super(176);
  store_u16(super.data(), half_one);
  super[4 + 3] = std::byte{7};           // scale of group 3
  super[16 + 5] = std::byte{1 << 3};     // value 5 of group 3
  super[48 + 32 + 5] = std::byte{0x4f};  // groups 2 (15) and 3 (4)
  const auto w = decoded(FormatId::q5_K, super);
  EXPECT_EQ(w[96 + 5], 7 * (4 + 16));
  EXPECT_EQ(w[64 + 5], 0) << "its scale is 0";
}

TEST(Formats, Q3_KAndQ2_KPutTogetherPairsAndScales) {
  std::vector<std::byte> block(110);
  store_u16(block.data() + 108, half_one);
  block[96 + 2] = std::byte{0x5a};                 // scales 2 (low 10) and 10 (low 5)
  block[96 + 8 + 2] = std::byte{3 << 0 | 1 << 4};  // high pairs of 2 (3) and 10 (1)
  block[32 + 1] = std::byte{2 << 2};               // value 33: pair 2; group 2 is values 32 to 47
  block[1] = std::byte{1 << 1};                    // and its high bit
  block[32 + 32 + 3] = std::byte{1 << 2};          // value 128 + 32 + 3 = 163: pair 1; group 10
  const auto v = decoded(FormatId::q3_K, block);
  EXPECT_EQ(v[33], (3 * 16 + 10 - 32) * (2 + 4 - 4));
  EXPECT_EQ(v[163], (16 + 5 - 32) * (1 - 4));
  EXPECT_EQ(v[0], -32 * -4);
  std::vector<std::byte> small(84);
  store_u16(small.data() + 80, half_two);
  store_u16(small.data() + 82, half_one);
  small[10] = std::byte{0x73};             // group 10: scale 3, min 7
  small[16 + 32 + 3] = std::byte{3 << 2};  // value 163
  const auto w = decoded(FormatId::q2_K, small);
  EXPECT_EQ(w[163], 2 * 3 * 3 - 7);
  EXPECT_EQ(w[160], -7);
  EXPECT_EQ(w[0], 0);
}

TEST(Formats, TablesTernariesAndZeroPoints) {
  std::vector<std::byte> nl(18, std::byte{0x80});
  store_u16(nl.data(), half_two);
  EXPECT_EQ(decoded(FormatId::iq4_nl, nl)[0], -254);
  EXPECT_EQ(decoded(FormatId::iq4_nl, nl)[16], 2);
  std::vector<std::byte> xs(136);
  store_u16(xs.data(), half_one);
  store_u16(xs.data() + 2, 2 << 10);     // group 5: high pair 2
  xs[4 + 2] = std::byte{0x30};           // and low 3
  xs[8 + 5 * 16 + 1] = std::byte{0xf0};  // its values 1 (table 0) and 17 (table 15)
  const auto v = decoded(FormatId::iq4_xs, xs);
  EXPECT_EQ(v[5 * 32 + 1], 3 * -127);
  EXPECT_EQ(v[5 * 32 + 17], 3 * 113);
  EXPECT_EQ(v[0], -32 * -127);
  std::vector<std::byte> mx(17);
  mx[0] = std::byte{128};
  mx[1] = std::byte{0xf7};
  EXPECT_EQ(decoded(FormatId::mxfp4, mx)[0], 12);
  EXPECT_EQ(decoded(FormatId::mxfp4, mx)[16], -12);
  mx[0] = std::byte{0};
  EXPECT_EQ(decoded(FormatId::mxfp4, mx)[0], 12 * 0x1p-128);
  std::vector<std::byte> ternary(66);
  store_u16(ternary.data() + 64, half_two);
  ternary[32 + 4] = std::byte{2 << 6};  // value 128 + 96 + 4
  EXPECT_EQ(decoded(FormatId::tq2_0, ternary)[228], 2);
  EXPECT_EQ(decoded(FormatId::tq2_0, ternary)[0], -2);
  std::vector<std::byte> group(133);
  store_u16(group.data() + 2, half_two);
  group[4] = std::byte{0x50};            // the second group's zero is 5
  group[5 + 64 + 16] = std::byte{0x19};  // values 128 + 32 (9) and 128 + 48 (1)
  const auto w = decoded(FormatId::int4_g128, group);
  EXPECT_EQ(w[160], 2 * (9 - 5));
  EXPECT_EQ(w[176], 2 * (1 - 5));
  EXPECT_EQ(w[0], 0);
  const std::vector<std::byte> channel(32, std::byte{0x80});
  EXPECT_EQ(decoded(FormatId::int8_channel, channel)[7], -1);
}

TEST(Formats, EncodingIsNearEnough) {
  std::vector<float> values(512);
  for (size_t i = 0; i < values.size(); ++i) values[i] = std::sin(0.37F * static_cast<float>(i * i % 101));
  // Half a step of values in (-1, 1), and the rounding of the scales.
  const std::map<FormatId, double> steps{{FormatId::f32, 0},
                                         {FormatId::f16, 0x1p-12},
                                         {FormatId::bf16, 0x1p-9},
                                         {FormatId::q8_0, 0.51 / 127},
                                         {FormatId::q6_K, 0.55 / 31},
                                         {FormatId::q5_K, 2.4 / 62},
                                         {FormatId::q5_0, 0.51 / 15},
                                         {FormatId::q4_1, 1.03 / 15},
                                         {FormatId::q4_K, 2.4 / 30},
                                         {FormatId::q4_0, 0.51 / 7},
                                         {FormatId::iq4_nl, 25 / 226.0},
                                         {FormatId::iq4_xs, 26 / 226.0},
                                         {FormatId::mxfp4, 0.34},
                                         {FormatId::q3_K, 0.55 / 3},
                                         {FormatId::q2_K, 2.4 / 6},
                                         {FormatId::tq2_0, 0.51},
                                         {FormatId::int8_channel, 1 / 127.0},
                                         {FormatId::int4_g128, 1.1 / 15}};
  for (const QuantFormat& format : kernel_formats()) {
    const FormatId id = format.id;
    const double allowed = steps.at(id);
    std::vector<std::byte> bytes(row_bytes(id, values.size()));
    codec_of(id).encode(values.data(), bytes.data(), static_cast<uint32_t>(values.size()));
    const auto back = decoded(id, bytes);
    double worst = 0;
    for (size_t i = 0; i < values.size(); ++i) worst = std::max(worst, std::fabs(back[i] - values[i]));
    EXPECT_LE(worst, allowed) << format_of(id).name;
  }
}

TEST(Formats, EveryFormatHasItsOwnCodec) {
  for (const QuantFormat& format : kernel_formats())
    EXPECT_EQ(codec_of(format.id).id, format.id) << format.name;
}

TEST(Formats, RandomBlocksAreFiniteAndOrdinaryOnesNeverAllZero) {
  constexpr uint64_t blocks = 4096;
  for (const QuantFormat& format : kernel_formats()) {
    for (const Data data : {Data::ordinary, Data::adversarial}) {
      Random random(3);
      std::vector<std::byte> bytes(blocks * format.block_bytes);
      codec_of(format.id).fill(bytes.data(), blocks, data, random);
      const auto values = decoded(format.id, bytes);
      double least = 1e300, most = 0;
      for (const double value : values) {
        ASSERT_TRUE(std::isfinite(value)) << format.name;
        if (value != 0) least = std::min(least, std::fabs(value));
        most = std::max(most, std::fabs(value));
      }
      const auto zeros = static_cast<uint64_t>(std::count(values.begin(), values.end(), 0.0));
      if (data == Data::ordinary) {
        EXPECT_LT(zeros, values.size() / (format.bits_per_weight() < 4 ? 2 : 6)) << format.name;
        EXPECT_LT(most, 4000) << format.name;            // 2^-3 * 127 * 128 / 6-bit scales' like
      } else if (format.id != FormatId::int8_channel) {  // which has no scales of its own
        EXPECT_GT(zeros, values.size() / 32) << format.name;
        EXPECT_LE(least, 0x1p-24) << format.name << ": a denormal";
        EXPECT_GE(most, 65504) << format.name << ": the largest f16, or more";
      }
    }
  }
}

TEST(Formats, TermsAreNoSmallerThanTheirSum) {
  for (const QuantFormat& format : kernel_formats()) {
    Random random(4);
    std::vector<std::byte> bytes(64 * format.block_bytes);
    codec_of(format.id).fill(bytes.data(), 64, Data::adversarial, random);
    const ReferenceRow row = reference_row(format.id, bytes.data(), 64 * format.block_values);
    for (size_t i = 0; i < row.values.size(); ++i) ASSERT_GE(row.sizes[i], std::fabs(row.values[i]));
  }
}

TEST(ReferenceDot, SumsAndSizes) {
  const float weights[] = {1, -2, 3}, x[] = {2, 2, -1};
  const auto dot = reference_dot(reference_row(FormatId::f32, reinterpret_cast<const std::byte*>(weights), 3),
                                 reference_activations(x, 3, Activations::floats));
  EXPECT_EQ(dot.sum, -5);
  EXPECT_EQ(dot.size, 9);
}

TEST(ReferenceActivations, RoundAsTheKernelsDo) {
  std::vector<float> x(64);
  x[0] = 254;
  x[1] = 3;        // 1.5 steps of 2: to even
  x[2] = 0.9F;     // under half a step
  x[33] = 1e-38F;  // a group of less than least_activation
  const auto int8 = reference_activations(x.data(), 64, Activations::int8);
  EXPECT_EQ(int8[0], 254);
  EXPECT_EQ(int8[1], 4);
  EXPECT_EQ(int8[2], 0);
  EXPECT_EQ(int8[33], 0);
  x[34] = 1 + 0x1p-8F;
  x[35] = 1e-39F;
  const auto bf16 = reference_activations(x.data(), 64, Activations::bf16);
  EXPECT_EQ(bf16[34], 1);
  EXPECT_EQ(bf16[35], 0);
  EXPECT_EQ(bf16[1], 3);
}

}  // namespace
}  // namespace weighin
