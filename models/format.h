// Quantization formats: what a weight's bytes are, by the table formats.inc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace weighin {

/// One enumerator a row of formats.inc, in that order, then `none` for problems without weights.
enum class FormatId : uint8_t {
#define FORMAT(name, gguf_type, block_values, block_bytes) name,
#include "models/formats.inc"
#undef FORMAT
  none,
};

/// How one format stores a row of weights: whole blocks of `block_values` values, `block_bytes` each.
struct QuantFormat {
  FormatId id;
  std::string_view name;
  uint32_t gguf_type;
  uint32_t block_values;
  uint32_t block_bytes;

  double bits_per_weight() const { return 8.0 * block_bytes / block_values; }
  /// False for f32, f16 and bf16, whose values are stored as they are.
  bool quantized() const { return block_values > 1; }
};

/// Every format, in the order of formats.inc (highest fidelity first).
std::span<const QuantFormat> all_formats();

/// The row of `id`; for `none` a row named "" with no bytes.
const QuantFormat& format_of(FormatId id);

/// The format called `name` (any case), or nullptr.
const QuantFormat* find_format(std::string_view name);

/// Bytes of one row of `k` values: whole blocks, the last one padded.
uint64_t row_bytes(FormatId id, uint64_t k);

}  // namespace weighin
