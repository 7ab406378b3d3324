#include "harness/cli/tools/model_to_run.h"

#include <fmt/format.h>

namespace weighin {

tl::expected<ModelToRun, std::string> model_to_run(NamedModels& named, const std::string& model,
                                                   const std::string& format, const char* usual_format) {
  const auto found = named.find(model);
  if (!found) return tl::unexpected(found.error());
  ModelToRun run{.model = *found, .format = nullptr, .file = {}};
  const ModelShape& shape = *run.model;
  if (!shape.undisclosed.empty()) return tl::unexpected(fmt::format("{}: {}", shape.name, shape.undisclosed));
  // A shape that was read from a file of weights has tensors in formats.
  if (names_a_file(model) && shape.file_bytes > 0 && shape.packed_bytes == 0 && model.ends_with(".gguf")) {
    if (!format.empty())
      return tl::unexpected(std::string("--format is of synthetic models: a file is run as it is"));
    run.file = model;
    run.format = &file_format_of(FileFormatId::as_stored);
    return run;
  }
  run.format = find_file_format(format.empty() ? usual_format : format);
  if (run.format == nullptr || run.format->container != Container::gguf)
    return tl::unexpected(
        fmt::format("no GGUF format is called \"{}\" (all: weighin models show {})", format, shape.name));
  return run;
}

}  // namespace weighin
