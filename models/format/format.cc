#include "models/format/format.h"

#include <algorithm>
#include <array>
#include <vector>

#include "models/text/letters.h"

namespace weighin {
namespace {

constexpr std::array formats{
#define FORMAT(name, gguf_type, block_values, block_bytes) \
  QuantFormat{FormatId::name, #name, gguf_type, block_values, block_bytes, true},
#define STORED_FORMAT(name, gguf_type, block_values, block_bytes) \
  QuantFormat{FormatId::name, #name, gguf_type, block_values, block_bytes, false},
#include "models/format/formats.inc"
#undef FORMAT
};

}  // namespace

std::span<const QuantFormat> all_formats() {
  return formats;
}

std::span<const QuantFormat> kernel_formats() {
  static const std::vector<QuantFormat> with_kernel = [] {
    std::vector<QuantFormat> found;
    std::copy_if(formats.begin(), formats.end(), std::back_inserter(found),
                 [](const QuantFormat& f) { return f.kernel; });
    return found;
  }();
  return with_kernel;
}

const QuantFormat& format_of(FormatId id) {
  static constexpr QuantFormat no_format{FormatId::none, "", no_gguf, 1, 0, false};
  return id == FormatId::none ? no_format : formats[static_cast<size_t>(id)];
}

const QuantFormat* find_format(std::string_view name) {
  const auto found =
      std::find_if(formats.begin(), formats.end(), [&](const auto& f) { return same_letters(f.name, name); });
  return found == formats.end() ? nullptr : &*found;
}

const QuantFormat* find_gguf_type(uint32_t gguf_type) {
  const auto found =
      std::find_if(formats.begin(), formats.end(), [&](const auto& f) { return f.gguf_type == gguf_type; });
  return gguf_type == no_gguf || found == formats.end() ? nullptr : &*found;
}

FormatId kernel_format_for(FormatId id, uint64_t k) {
  if (format_of(id).kernel || id == FormatId::none) return id;
  const QuantFormat* nearest = &format_of(FormatId::f32);
  for (const QuantFormat& f : kernel_formats()) {
    const bool finer = f.bits_per_weight() >= format_of(id).bits_per_weight() && k % f.block_values == 0;
    if (finer && f.bits_per_weight() < nearest->bits_per_weight()) nearest = &f;
  }
  return nearest->id;
}

uint64_t row_bytes(FormatId id, uint64_t k) {
  const QuantFormat& format = format_of(id);
  return (k + format.block_values - 1) / format.block_values * format.block_bytes;
}

}  // namespace weighin
