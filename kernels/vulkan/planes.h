// A format's blocks taken apart into planes, as they lie on a GPU (planes.inc).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/format/format.h"

namespace weighin {

/// One field of all blocks, block after block.
struct Plane {
  uint32_t first = 0;   // byte in a plain block
  uint32_t bytes = 0;   // of a block
  uint32_t stride = 0;  // from block to block: `bytes`, padded to whole words where it is above 2
};

/// Values of a block as GPU kernels count them: a format's own, or 32 of a format that is not quantized.
uint32_t gpu_block_values(FormatId format);
/// Bytes of such a block as the format has it.
uint32_t gpu_block_bytes(FormatId format);

/// The planes of `format`, which has a kernel; one whole plane where it is not quantized.
std::vector<Plane> planes_of(FormatId format);

/// Where each plane begins, in words of 4 bytes, in a buffer of `blocks` blocks; one more: its end. Planes
/// begin at multiples of 256 bytes.
std::vector<uint32_t> plane_words(std::span<const Plane> planes, uint64_t blocks);

/// The plane of plain `blocks` of `block_bytes` each -> [blocks][stride].
std::vector<std::byte> plane_bytes(const Plane& plane, std::span<const std::byte> blocks,
                                   uint32_t block_bytes);

}  // namespace weighin
