#include "harness/cli/named_format.h"

#include <fmt/format.h>

#include <vector>

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
  return tl::unexpected(
      fmt::format("no {} is called \"{}\"; there are: {}", what, name, fmt::join(names, ", ")));
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
