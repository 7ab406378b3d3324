#include "models/format.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace weighin {
namespace {

constexpr std::array formats{
#define FORMAT(name, gguf_type, block_values, block_bytes) \
  QuantFormat{FormatId::name, #name, gguf_type, block_values, block_bytes},
#include "models/formats.inc"
#undef FORMAT
};

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::span<const QuantFormat> all_formats() {
  return formats;
}

const QuantFormat& format_of(FormatId id) {
  static constexpr QuantFormat no_format{FormatId::none, "", 0, 1, 0};
  return id == FormatId::none ? no_format : formats[static_cast<size_t>(id)];
}

const QuantFormat* find_format(std::string_view name) {
  const auto found =
      std::find_if(formats.begin(), formats.end(), [&](const auto& f) { return same_letters(f.name, name); });
  return found == formats.end() ? nullptr : &*found;
}

uint64_t row_bytes(FormatId id, uint64_t k) {
  const QuantFormat& format = format_of(id);
  return (k + format.block_values - 1) / format.block_values * format.block_bytes;
}

}  // namespace weighin
