// The blocks of a format taken apart into planes, as they lie on a GPU (planes.inc).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/format/format.h"

namespace weighin {

/// One field of all blocks, block after block.
struct Plane {
  uint32_t first = 0;   // the field's first byte in a plain block
  uint32_t bytes = 0;   // the field's bytes in a block
  uint32_t stride = 0;  // from one block to the next: `bytes`, padded to whole words if there are more than 2
};

/// Values of a block as kernels of a GPU count them: those of the format's block, or 32 of a format that is
/// not quantized.
uint32_t gpu_block_values(FormatId format);
/// The bytes of such a block in the format's layout.
uint32_t gpu_block_bytes(FormatId format);

/// The planes of `format`, which must have a kernel. A format that is not quantized has one plane.
std::vector<Plane> planes_of(FormatId format);

/// Where each plane begins in a buffer of `blocks` blocks, in words of 4 bytes, and where the last one ends.
/// Planes begin at multiples of 256 bytes.
std::vector<uint32_t> plane_words(std::span<const Plane> planes, uint64_t blocks);

/// The plane of plain `blocks`, of `block_bytes` each -> [blocks][stride].
std::vector<std::byte> plane_bytes(const Plane& plane, std::span<const std::byte> blocks,
                                   uint32_t block_bytes);

}  // namespace weighin
