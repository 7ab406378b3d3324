// Codecs: what the bytes of a format mean. They are written to be exact, not fast. The reference and the
// tests use them; kernels have fast readers of their own, which are checked against these.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/formats/data.h"
#include "kernels/formats/packing.h"
#include "models/format/format.h"

namespace weighin {

/// What one format's bytes mean. `k` is always a whole number of the format's blocks.
struct FormatCodec {
  FormatId id;
  /// bytes[k / block_values][block_bytes] -> values[k], exactly.
  void (*decode)(const std::byte* bytes, double* values, uint32_t k);
  /// values[k] -> bytes, rounded to the nearest within each block's range. It is a plain quantizer for tests,
  /// and does not search for better scales as ggml's does.
  void (*encode)(const float* values, std::byte* bytes, uint32_t k);
  /// Fills bytes[blocks][block_bytes] with random valid blocks. Ordinary data has any quantized values, and
  /// scales of ordinary size that are never zero. Adversarial data has the ends of the ranges
  /// (random_blocks.h). No value is infinite or NaN.
  void (*fill)(std::byte* bytes, uint64_t blocks, Data data, Random& random);
  /// bytes -> sizes[k]: for each value, the size of the terms that kernels compute it from. For example, d *
  /// (q - 8) is summed as d q and 8 d apart. Rounding errors are relative to these sizes. nullptr: the sizes
  /// of the values themselves.
  void (*term_sizes)(const std::byte* bytes, double* sizes, uint32_t k) = nullptr;
  /// blocks[packing.rows][block_bytes] -> one unit (packing.h).
  void (*pack)(const Packing& packing, const std::byte* blocks, std::byte* unit) = nullptr;
  /// Whether each row's values are multiplied by a scale of the row's own, which lies beside the matrix: [m]
  /// floats.
  bool scaled_rows = false;
};

/// The codec of `format`, which must not be `none`.
const FormatCodec& codec_of(FormatId format);

// One codec a file.
#define FORMAT(name, gguf_type, block_values, block_bytes) extern const FormatCodec name##_codec;
#include "models/format/formats.inc"
#undef FORMAT

}  // namespace weighin
