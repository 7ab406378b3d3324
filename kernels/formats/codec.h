// Codecs: what a format's bytes mean, written for exactness and not for speed. The reference and the tests
// use them; kernels have their own fast readers and are checked against these.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/formats/data.h"
#include "kernels/formats/packing.h"
#include "models/format/format.h"

namespace weighin {

/// One format's meaning. `k` is a whole number of the format's blocks.
struct FormatCodec {
  FormatId id;
  /// bytes[k / block_values][block_bytes] -> values[k], exactly.
  void (*decode)(const std::byte* bytes, double* values, uint32_t k);
  /// values[k] -> bytes: rounds to nearest within each block's range. A plain quantizer for tests: it
  /// searches for no better scales as ggml's does.
  void (*encode)(const float* values, std::byte* bytes, uint32_t k);
  /// bytes[blocks][block_bytes] <- random valid blocks. Ordinary: any quantized values, scales of ordinary
  /// size and never zero. Adversarial: ends of the ranges (random_blocks.h); no value is infinite or NaN.
  void (*fill)(std::byte* bytes, uint64_t blocks, Data data, Random& random);
  /// bytes -> sizes[k]: for each value, the size of the terms kernels make it of: d * (q - 8) is summed as d
  /// q and 8 d apart. Rounding errors are relative to these. nullptr: the values' own sizes.
  void (*term_sizes)(const std::byte* bytes, double* sizes, uint32_t k) = nullptr;
  /// blocks[packing.rows][block_bytes] -> unit (packing.h).
  void (*pack)(const Packing& packing, const std::byte* blocks, std::byte* unit) = nullptr;
  /// A row's values are these times a scale of its own, which lies beside the matrix: [m] floats.
  bool scaled_rows = false;
};

/// The codec of `format`, which is not `none`.
const FormatCodec& codec_of(FormatId format);

// One a file.
#define FORMAT(name, gguf_type, block_values, block_bytes) extern const FormatCodec name##_codec;
#include "models/format/formats.inc"
#undef FORMAT

}  // namespace weighin
