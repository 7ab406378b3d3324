// Packing of one unit: the blocks of several rows are written field by field, row beside row.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/formats/packing.h"

namespace weighin {

/// Writes a unit from its start on: the field that is written first lies first.
class Interleave {
 public:
  /// blocks[packing.rows][block_bytes] -> a unit of as many bytes.
  Interleave(uint32_t block_bytes, const Packing& packing, const std::byte* blocks, std::byte* unit)
      : rows_(packing.rows), block_bytes_(block_bytes), blocks_(blocks), unit_(unit) {}

  /// Writes [count][rows][bytes]: items of the block as they are, from its byte `at` on, each byte xor
  /// `flip`.
  void field(uint32_t at, uint32_t count, uint32_t bytes, uint8_t flip = 0) {
    for (uint32_t i = 0; i < count; ++i) {
      for (uint32_t row = 0; row < rows_; ++row, unit_ += bytes) {
        std::memcpy(unit_, block(row) + at + i * bytes, bytes);
        for (uint32_t b = 0; flip != 0 && b < bytes; ++b) unit_[b] ^= static_cast<std::byte>(flip);
      }
    }
  }

  /// Writes [count][rows]: byte i of a row is of(block, i).
  template <class Of>
  void bytes(uint32_t count, Of of) {
    for (uint32_t i = 0; i < count; ++i) {
      for (uint32_t row = 0; row < rows_; ++row) *unit_++ = static_cast<std::byte>(of(block(row), i));
    }
  }

  /// Writes [count][rows][4]: byte c of a row in word i is of(block, i, c).
  template <class Of>
  void words(uint32_t count, Of of) {
    for (uint32_t i = 0; i < count; ++i) {
      for (uint32_t row = 0; row < rows_; ++row) {
        for (uint32_t c = 0; c < 4; ++c) *unit_++ = static_cast<std::byte>(of(block(row), i, c));
      }
    }
  }

  /// Writes [count][size][rows][4]: the bytes c of a row in the words of set i are of(block, i, c), an array
  /// of `size`.
  template <size_t size, class Of>
  void sets(uint32_t count, Of of) {
    for (uint32_t i = 0; i < count; ++i, unit_ += 4 * size * rows_) {
      for (uint32_t row = 0; row < rows_; ++row) {
        for (uint32_t c = 0; c < 4; ++c) {
          const std::array<uint8_t, size> bytes = of(block(row), i, c);
          for (size_t j = 0; j < size; ++j) unit_[(j * rows_ + row) * 4 + c] = std::byte{bytes[j]};
        }
      }
    }
  }

  /// Writes [count][rows] numbers of 32 bits: number i of a row is of(block, i).
  template <class Of>
  void ints(uint32_t count, Of of) {
    for (uint32_t i = 0; i < count; ++i) {
      for (uint32_t row = 0; row < rows_; ++row, unit_ += 4) {
        const uint32_t value = of(block(row), i);
        std::memcpy(unit_, &value, 4);
      }
    }
  }

  /// Writes [rows][4]: bit i of byte c of a row is the lowest bit of of(block, 4 i + c), so that 32 values
  /// have one bit each.
  template <class Of>
  void bits(Of of) {
    words(1, [&](const std::byte* from, uint32_t, uint32_t c) {
      unsigned all = 0;
      for (uint32_t i = 0; i < 8; ++i) all |= (of(from, 4 * i + c) & 1U) << i;
      return all;
    });
  }

 private:
  const std::byte* block(uint32_t row) const { return blocks_ + uint64_t{row} * block_bytes_; }

  uint32_t rows_, block_bytes_;
  const std::byte* blocks_;
  std::byte* unit_;
};

}  // namespace weighin
