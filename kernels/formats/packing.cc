#include "kernels/formats/packing.h"

#include <cstring>
#include <vector>

#include "kernels/formats/codec.h"

namespace weighin {
namespace {

/// Packs rows of single values without a call for each unit, of which there would be millions.
template <class Value>
void pack_values(std::span<const std::byte* const> rows, uint64_t row_bytes, std::byte* units) {
  for (uint64_t at = 0; at < row_bytes; at += sizeof(Value)) {
    for (const std::byte* row : rows) {
      std::memcpy(units, row + at, sizeof(Value));
      units += sizeof(Value);
    }
  }
}

}  // namespace

void pack_unit(FormatId format, const Packing& packing, const std::byte* blocks, std::byte* unit) {
  codec_of(format).pack(packing, blocks, unit);
}

void pack_rows(FormatId format, const Packing& packing, std::span<const std::byte* const> rows,
               uint64_t row_bytes, std::byte* units) {
  const uint64_t block = format_of(format).block_bytes;
  if (!format_of(format).quantized()) {
    return block == 4 ? pack_values<uint32_t>(rows, row_bytes, units)
                      : pack_values<uint16_t>(rows, row_bytes, units);
  }
  std::vector<std::byte> blocks(packing.rows * block);
  for (uint64_t at = 0; at < row_bytes; at += block, units += blocks.size()) {
    for (uint64_t r = 0; r < packing.rows; ++r) std::memcpy(&blocks[r * block], rows[r] + at, block);
    pack_unit(format, packing, blocks.data(), units);
  }
}

}  // namespace weighin
