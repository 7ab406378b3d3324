// Tensor formats: what a weight's bytes are, by the table formats.inc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace weighin {

/// One enumerator a row of formats.inc, in that order, then `none` for problems without weights.
enum class FormatId : uint8_t {
#define FORMAT(name, gguf_type, block_values, block_bytes) name,
#define STORED_FORMAT FORMAT
#include "models/format/formats.inc"
#undef FORMAT
  none,
};

/// A GGUF type number for formats that GGUF does not have.
inline constexpr uint32_t no_gguf = UINT32_MAX;

/// How one format stores a row of weights: whole blocks of `block_values` values, `block_bytes` each.
struct QuantFormat {
  FormatId id;
  std::string_view name;
  uint32_t gguf_type;
  uint32_t block_values;
  uint32_t block_bytes;
  bool kernel;  // a reference kernel multiplies it

  double bits_per_weight() const { return 8.0 * block_bytes / block_values; }
  /// False for formats whose values are stored as they are.
  bool quantized() const { return block_values > 1; }
};

/// Every format, in the order of formats.inc (highest fidelity first).
std::span<const QuantFormat> all_formats();

/// Those with a reference kernel: what is measured.
std::span<const QuantFormat> kernel_formats();

/// The row of `id`; for `none` a row named "" with no bytes.
const QuantFormat& format_of(FormatId id);

/// The format called `name` (any case), or nullptr.
const QuantFormat* find_format(std::string_view name);

/// The format with that GGUF tensor type number, or nullptr.
const QuantFormat* find_gguf_type(uint32_t gguf_type);

/// The format whose kernel stands for a row of `k` values in format `id`: itself where it has a kernel, else
/// the nearest finer one that has and whose blocks the row is a whole number of.
FormatId kernel_format_for(FormatId id, uint64_t k);

/// Bytes of one row of `k` values: whole blocks, the last one padded.
uint64_t row_bytes(FormatId id, uint64_t k);

}  // namespace weighin
