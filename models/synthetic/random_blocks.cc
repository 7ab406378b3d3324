#include "models/synthetic/random_blocks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "models/synthetic/half.h"

namespace weighin {
namespace {

/// An f16 scale at `offset` in a block. `spread` is the standard deviation of the values that it multiplies
/// where every other bit of the block is random. It follows from the layout of the block (ggml-common.h): 4.6
/// for nibbles in -8..7, 74 for bytes, a factor of about 36 for six-bit scales, whose root mean square that
/// is, and so on.
struct Scale {
  FormatId format;
  uint32_t offset;
  double spread;
};

constexpr std::array scales{
    Scale{FormatId::q8_0, 0, 74},
    Scale{FormatId::q8_1, 0, 74},
    Scale{FormatId::q8_1, 2, 1e9},  // the sum of the values; no engine multiplies weights in this format
    Scale{FormatId::q6_K, 208, 18.5 * 74},
    Scale{FormatId::q5_1, 0, 9.2},
    Scale{FormatId::q5_1, 2, -9.2 / 15.5},
    Scale{FormatId::q5_K, 0, 9.2 * 36},
    Scale{FormatId::q5_K, 2, 9.2 * 36 / 15.5},
    Scale{FormatId::q5_0, 0, 9.2},
    Scale{FormatId::q4_1, 0, 4.6},
    Scale{FormatId::q4_1, 2, -4.6 / 7.5},
    Scale{FormatId::q4_K, 0, 4.6 * 36},
    Scale{FormatId::q4_K, 2, 4.6 * 36 / 7.5},
    Scale{FormatId::q4_0, 0, 4.6},
    Scale{FormatId::iq4_nl, 0, 74},
    Scale{FormatId::iq4_xs, 0, 74 * 18},
    Scale{FormatId::q3_K, 108, 2.3 * 18},
    Scale{FormatId::iq3_s, 0, 10 * 15},
    Scale{FormatId::iq3_xxs, 0, 20 * 4},
    Scale{FormatId::q2_K, 80, 1.1 * 8},
    Scale{FormatId::q2_K, 82, 1.1 * 8 / 1.5},
    Scale{FormatId::iq2_s, 0, 25 * 2},
    Scale{FormatId::iq2_xs, 0, 25 * 2},
    Scale{FormatId::q2_0, 0, 1.1},
    Scale{FormatId::iq2_xxs, 0, 25 * 2},
    Scale{FormatId::tq2_0, 64, 0.8},
    Scale{FormatId::tq1_0, 52, 0.8},
    Scale{FormatId::iq1_s, 0, 8},
    Scale{FormatId::q1_0, 0, 1},
};

void put_half(std::byte* at, double value) {
  const uint16_t half = half_of(value);
  std::memcpy(at, &half, sizeof half);
}

void fill_bytes(std::mt19937_64& random, std::span<std::byte> bytes) {
  for (size_t i = 0; i < bytes.size(); i += sizeof(uint64_t)) {
    const uint64_t word = random();
    std::memcpy(bytes.data() + i, &word, std::min(sizeof word, bytes.size() - i));
  }
}

template <class Encode>
void fill_values(std::span<std::byte> bytes, size_t size, double deviation, std::mt19937_64& random,
                 Encode encode) {
  std::normal_distribution<double> values(0, deviation);
  for (size_t i = 0; i < bytes.size(); i += size) encode(bytes.data() + i, values(random));
}

/// Sets the scales that are not f16 at a whole byte: 8-bit exponents, 8-bit floats, and those of iq1_m.
void set_byte_scales(FormatId format, double deviation, std::byte* block) {
  if (format == FormatId::mxfp4) {
    // E8M0: 2^(e - 127). The values (e2m1, OCP MX) have a standard deviation of 3.2.
    const double exponent = 127 + std::round(std::log2(deviation / 3.2));
    block[0] = static_cast<std::byte>(std::clamp(exponent, 1.0, 254.0));
  }
  if (format == FormatId::nvfp4) {
    // Unsigned e4m3: exponent bias 7, three bits of fraction; four scales of 16 values.
    const double exponent = std::clamp(7 + std::round(std::log2(deviation / 3.2)), 1.0, 14.0);
    for (int i = 0; i < 4; ++i) block[i] = static_cast<std::byte>(static_cast<int>(exponent) << 3);
  }
  if (format == FormatId::iq1_m) {
    // The f16 scale is in the top nibbles of the four 16-bit words of scales.
    const uint16_t half = half_of(deviation / 8);
    for (int i = 0; i < 4; ++i) {
      std::byte& high = block[48 + 2 * i + 1];
      high = (high & std::byte{0x0f}) | static_cast<std::byte>(((half >> (4 * i)) & 15) << 4);
    }
  }
}

}  // namespace

void fill_random_blocks(FormatId format, double deviation, std::mt19937_64& random,
                        std::span<std::byte> blocks) {
  switch (format) {
    case FormatId::f32:
      return fill_values(blocks, 4, deviation, random, [](std::byte* at, double value) {
        const auto single = static_cast<float>(value);
        std::memcpy(at, &single, sizeof single);
      });
    case FormatId::f16:
      return fill_values(blocks, 2, deviation, random, put_half);
    case FormatId::bf16:
      return fill_values(blocks, 2, deviation, random, [](std::byte* at, double value) {
        const auto high = static_cast<uint16_t>(std::bit_cast<uint32_t>(static_cast<float>(value)) >> 16);
        std::memcpy(at, &high, sizeof high);
      });
    default:
      break;
  }
  fill_bytes(random, blocks);
  const uint32_t size = format_of(format).block_bytes;
  for (size_t at = 0; at + size <= blocks.size(); at += size) {
    for (const Scale& scale : scales)
      if (scale.format == format) put_half(blocks.data() + at + scale.offset, deviation / scale.spread);
    set_byte_scales(format, deviation, blocks.data() + at);
  }
}

}  // namespace weighin
