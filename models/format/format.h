// Tensor formats: how the values of a tensor are stored. The table is formats.inc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace weighin {

/// One enumerator for each row of formats.inc, in its order, then `none` for operations without weights.
enum class FormatId : uint8_t {
#define FORMAT(name, gguf_type, block_values, block_bytes) name,
#define STORED_FORMAT FORMAT
#include "models/format/formats.inc"
#undef FORMAT
  none,
};

/// Stands in place of a GGUF type number for formats that GGUF does not have.
inline constexpr uint32_t no_gguf = UINT32_MAX;

/// How a format stores a row of weights: as whole blocks of `block_values` values, `block_bytes` bytes each.
struct QuantFormat {
  FormatId id;
  std::string_view name;
  uint32_t gguf_type;
  uint32_t block_values;
  uint32_t block_bytes;
  bool kernel;  // a reference kernel multiplies matrices in it

  double bits_per_weight() const { return 8.0 * block_bytes / block_values; }
  /// False for formats that store each value by itself, as a number (f32, f16, i8).
  bool quantized() const { return block_values > 1; }
};

/// Every format, in the order of formats.inc: highest fidelity first.
std::span<const QuantFormat> all_formats();

/// The formats with a reference kernel. These are measured.
std::span<const QuantFormat> kernel_formats();

/// The row of `id`. The row of `none` has an empty name and no bytes.
const QuantFormat& format_of(FormatId id);

/// The format called `name`, in any case, or nullptr.
const QuantFormat* find_format(std::string_view name);

/// The format with GGUF's tensor type number `gguf_type`, or nullptr.
const QuantFormat* find_gguf_type(uint32_t gguf_type);

/// The format whose kernel is timed for rows of `k` values in format `id`: `id` itself where it has a kernel,
/// else the next finer format that has one and whose blocks fill the row exactly.
FormatId kernel_format_for(FormatId id, uint64_t k);

/// Bytes of one row of `k` values: whole blocks, of which the last may be padded.
uint64_t row_bytes(FormatId id, uint64_t k);

}  // namespace weighin
