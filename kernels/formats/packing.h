// Packed weights: the same bytes as a format's own, in the order kernels read them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/format/format.h"

namespace weighin {

/// How an instruction set wants weights. A unit holds one block of each of `rows` rows of a matrix;
/// units follow each other along k, then panels of `rows` rows. Within a unit each field of the block lies
/// row beside row: f16 scales [rows], quants as words [word][rows][4 bytes], byte scales [scale][rows]. A
/// unit has as many bytes as its blocks. Of formats that are not quantized a block is one value, so that a
/// unit is that of each row. Formats of other than whole bytes and nibbles are put together anew: each one's
/// order is in its pack(), kernels/formats/.
struct Packing {
  uint32_t rows = 0;  // of a unit; 0: weights lie as the format says
  uint8_t flip = 0;   // 8-bit quants are stored xor this, 0x80 to make them unsigned
  auto operator<=>(const Packing&) const = default;
};

/// blocks[packing.rows][block_bytes] -> unit, of `format`.
void pack_unit(FormatId format, const Packing& packing, const std::byte* blocks, std::byte* unit);

/// rows[packing.rows] of `row_bytes` each -> units, along k, of as many bytes together.
void pack_rows(FormatId format, const Packing& packing, std::span<const std::byte* const> rows,
               uint64_t row_bytes, std::byte* units);

}  // namespace weighin
