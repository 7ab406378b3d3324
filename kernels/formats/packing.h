// Packed weights: the same bytes as in the format's own layout, in the order in which kernels read them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/format/format.h"

namespace weighin {

/// The order in which an instruction set wants weights. A unit holds one block of each of `rows` rows of a
/// matrix. Units follow each other along k, and then panels of `rows` rows follow each other. Within a unit
/// each field of the blocks lies row beside row: f16 scales [rows], quants as words [word][rows][4 bytes],
/// byte scales [scale][rows]. A unit has as many bytes as its blocks. In formats that are not quantized a
/// block is one value, so a unit is one value of each row. Formats whose fields are not whole bytes or
/// nibbles are rearranged; the pack() of each format's file in kernels/formats/ says how.
struct Packing {
  uint32_t rows = 0;  // of a unit; 0: the weights lie as the format has them
  uint8_t flip = 0;   // 8-bit quants are stored xor this; 0x80 makes them unsigned
  auto operator<=>(const Packing&) const = default;
};

/// blocks[packing.rows][block_bytes] -> one unit of `format`.
void pack_unit(FormatId format, const Packing& packing, const std::byte* blocks, std::byte* unit);

/// rows[packing.rows], of `row_bytes` each -> units along k, which have as many bytes together.
void pack_rows(FormatId format, const Packing& packing, std::span<const std::byte* const> rows,
               uint64_t row_bytes, std::byte* units);

}  // namespace weighin
