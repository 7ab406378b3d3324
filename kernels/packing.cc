#include "kernels/packing.h"

#include <cstring>

namespace weighin {
namespace {

/// Fields of one block after another, each laid out row beside row.
class Interleave {
 public:
  Interleave(FormatId format, const Packing& packing, const std::byte* blocks, std::byte* unit)
      : rows_(packing.rows), block_bytes_(format_of(format).block_bytes), blocks_(blocks), unit_(unit) {}

  /// `count` items of `bytes` each, the first `at` bytes from the block's start.
  void field(uint32_t at, uint32_t count, uint32_t bytes) {
    for (uint32_t i = 0; i < count; ++i) {
      for (uint32_t row = 0; row < rows_; ++row, unit_ += bytes)
        std::memcpy(unit_, block(row) + at + i * bytes, bytes);
    }
  }

  const std::byte* block(uint32_t row) const { return blocks_ + uint64_t{row} * block_bytes_; }
  void put(uint8_t byte) { *unit_++ = static_cast<std::byte>(byte); }
  uint32_t rows() const { return rows_; }
  std::byte* position() const { return unit_; }

 private:
  uint32_t rows_, block_bytes_;
  const std::byte* blocks_;
  std::byte* unit_;
};

struct ScaleAndMin {
  uint8_t scale, min;
};

/// Of group j, from q4_K's 12 bytes (kernels/formats/q4_K.cc).
ScaleAndMin q4_K_scale(const std::byte* block, uint32_t j) {
  const auto s = [&](uint32_t i) { return static_cast<uint8_t>(block[4 + i]); };
  if (j < 4) return {static_cast<uint8_t>(s(j) & 63), static_cast<uint8_t>(s(j + 4) & 63)};
  return {static_cast<uint8_t>((s(j + 4) & 15) | s(j - 4) >> 6 << 4),
          static_cast<uint8_t>(s(j + 4) >> 4 | s(j) >> 6 << 4)};
}

/// [8][rows]: the group's scale and the low 2 bits of its min above; [4][rows]: the high 4 bits of two mins.
void put_q4_K_scales(Interleave& to) {
  for (uint32_t j = 0; j < 8; ++j) {
    for (uint32_t row = 0; row < to.rows(); ++row) {
      const ScaleAndMin of = q4_K_scale(to.block(row), j);
      to.put(static_cast<uint8_t>(of.scale | of.min << 6));
    }
  }
  for (uint32_t j = 0; j < 8; j += 2) {
    for (uint32_t row = 0; row < to.rows(); ++row) {
      const uint8_t first = q4_K_scale(to.block(row), j).min, second = q4_K_scale(to.block(row), j + 1).min;
      to.put(static_cast<uint8_t>(first >> 2 | second >> 2 << 4));
    }
  }
}

/// Value i of a block (kernels/formats/q6_K.cc).
uint8_t q6_K_value(const std::byte* block, uint32_t i) {
  const uint32_t half = i / 128, quarter = i % 128 / 32, l = i % 32;
  const auto low = static_cast<uint8_t>(block[64 * half + 32 * (quarter % 2) + l]);
  const auto high = static_cast<uint8_t>(block[128 + 32 * half + l]);
  return static_cast<uint8_t>((quarter < 2 ? low & 15 : low >> 4) | (high >> 2 * quarter & 3) << 4);
}

/// [64 / 4][3][rows][4]: of four words of 4 values, three with the fourth's bits, two and two, above their
/// own 6: half as much work to take apart as nibbles and pairs.
void put_q6_K_quants(Interleave& to) {
  for (uint32_t word = 0; word < 64; word += 4) {
    for (uint32_t part = 0; part < 3; ++part) {
      for (uint32_t row = 0; row < to.rows(); ++row) {
        for (uint32_t c = 0; c < 4; ++c) {
          const uint8_t own = q6_K_value(to.block(row), 4 * (word + part) + c);
          const uint8_t fourth = q6_K_value(to.block(row), 4 * (word + 3) + c);
          to.put(static_cast<uint8_t>(own | (fourth >> 2 * part & 3) << 6));
        }
      }
    }
  }
}

}  // namespace

void pack_unit(FormatId format, const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(format, packing, blocks, unit);
  switch (format) {
    case FormatId::q8_0: {
      to.field(0, 1, 2);
      std::byte* quants = to.position();
      to.field(2, 8, 4);
      for (uint32_t i = 0; i < 32 * packing.rows; ++i) quants[i] ^= static_cast<std::byte>(packing.flip);
      break;
    }
    case FormatId::q4_0:
      to.field(0, 1, 2);
      to.field(2, 4, 4);
      break;
    case FormatId::q4_K:
      to.field(0, 2, 2);
      put_q4_K_scales(to);
      to.field(16, 32, 4);
      break;
    case FormatId::q6_K:
      to.field(208, 1, 2);
      to.field(192, 16, 1);
      put_q6_K_quants(to);
      break;
    default:
      break;
  }
}

}  // namespace weighin
