// Packed weights: the same bytes as a format's own, in the order kernels read them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include "models/format.h"

namespace weighin {

/// How an instruction set wants quantized weights. A unit holds one block of each of `rows` rows of a matrix;
/// units follow each other along k, then panels of `rows` rows. Within a unit each field of the block lies
/// row beside row: f16 scales [rows], quants as words [word][rows][4 bytes], byte scales [scale][rows]. A
/// unit has as many bytes as its blocks. Formats of other than whole bytes and nibbles are put together anew:
/// each one's order is in its pack(), kernels/formats/.
struct Packing {
  uint32_t rows = 0;  // of a unit; 0: weights lie as the format says
  uint8_t flip = 0;   // 8-bit quants are stored xor this, 0x80 to make them unsigned
  auto operator<=>(const Packing&) const = default;
};

/// blocks[packing.rows][block_bytes] -> unit, of `format`, which is quantized.
void pack_unit(FormatId format, const Packing& packing, const std::byte* blocks, std::byte* unit);

}  // namespace weighin
