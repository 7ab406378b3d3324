#include "models/format/file_format.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "models/format/quantize_mixes.h"
#include "models/text/letters.h"

namespace weighin {
namespace {

constexpr std::array formats{
#define FILE_FORMAT(id, name, container, base, gguf_type, group) \
  FileFormat{FileFormatId::id, name, Container::container, FormatId::base, gguf_type, group},
#include "models/format/file_formats.inc"
#undef FILE_FORMAT
};

bool has_kernels(const FileFormat& format) {
  return format.container == Container::gguf && mixes_kernel_formats(format);
}

}  // namespace

std::string_view container_name(Container container) {
  switch (container) {
    case Container::gguf:
      return "gguf";
    case Container::safetensors:
      return "safetensors";
    case Container::gptq:
      return "gptq";
    case Container::awq:
      return "awq";
    case Container::onnx:
      return "onnx";
    case Container::mlx:
      return "mlx";
    case Container::mediapipe:
      return "mediapipe";
  }
  return "";
}

std::span<const FileFormat> all_file_formats() {
  return formats;
}

FormatId kernel_format_in(const FileFormat& file, FormatId tensor, uint64_t k) {
  const bool by_groups = file.container == Container::gptq || file.container == Container::awq;
  const bool by_channels = file.container == Container::onnx || file.container == Container::mediapipe;
  FormatId own = tensor;
  if (by_groups && file.group == 128 && tensor == FormatId::q4_0) own = FormatId::int4_g128;
  if (by_channels && file.group == 0 && tensor == FormatId::q8_0) own = FormatId::int8_channel;
  return kernel_format_for(k % format_of(own).block_values == 0 ? own : tensor, k);
}

std::span<const FileFormat> kernel_file_formats() {
  static const std::vector<FileFormat> with_kernels = [] {
    std::vector<FileFormat> found;
    std::copy_if(formats.begin(), formats.end(), std::back_inserter(found), has_kernels);
    return found;
  }();
  return with_kernels;
}

const FileFormat& file_format_of(FileFormatId id) {
  static constexpr FileFormat stored{FileFormatId::as_stored, "as stored", Container::gguf,
                                     FormatId::none,          no_gguf,     0};
  return id == FileFormatId::as_stored ? stored : formats[static_cast<size_t>(id)];
}

const FileFormat* find_file_format(std::string_view name) {
  auto found = std::find_if(formats.begin(), formats.end(), [&](const auto& f) { return f.name == name; });
  if (found == formats.end())
    found = std::find_if(formats.begin(), formats.end(),
                         [&](const auto& f) { return same_letters(f.name, name); });
  return found == formats.end() ? nullptr : &*found;
}

}  // namespace weighin
