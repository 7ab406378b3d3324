#include "harness/cli/named_format.h"

#include <fmt/format.h>

#include <vector>

#include "harness/cli/nearest_name.h"

namespace weighin {
namespace {

template <class Wanted>
tl::expected<const FileFormat*, std::string> called(const std::string& name, const char* what,
                                                    Wanted wanted) {
  const FileFormat* format = find_file_format(name);
  if (format && wanted(*format)) return format;
  std::vector<std::string_view> names;
  for (const FileFormat& known : all_file_formats())
    if (wanted(known)) names.push_back(known.name);
  std::string hint;
  if (const QuantFormat* tensors = find_format(name)) {
    // Files are called otherwise than the tensors in them: q3_K is in Q3_K_S, Q3_K_M and Q3_K_L.
    std::vector<std::string_view> files;
    for (const FileFormat& known : all_file_formats())
      if (wanted(known) && known.base == tensors->id) files.push_back(known.name);
    if (!files.empty()) hint = fmt::format(" (tensors of that format are in {})", fmt::join(files, ", "));
  } else if (const std::string nearest = nearest_name(name, {names.begin(), names.end()}); !nearest.empty()) {
    hint = fmt::format(" (nearest: {})", nearest);
  }
  return tl::unexpected(
      fmt::format("no {} is called \"{}\"{}; there are: {}", what, name, hint, fmt::join(names, ", ")));
}

}  // namespace

tl::expected<const FileFormat*, std::string> format_called(const std::string& name) {
  return called(name, "format", [](const FileFormat&) { return true; });
}

tl::expected<const FileFormat*, std::string> gguf_format_called(const std::string& name) {
  return called(name, "GGUF format",
                [](const FileFormat& format) { return format.container == Container::gguf; });
}

}  // namespace weighin
