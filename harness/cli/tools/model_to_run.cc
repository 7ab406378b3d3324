#include "harness/cli/tools/model_to_run.h"

#include <fmt/format.h>

#include "harness/cli/named_format.h"

namespace weighin {

tl::expected<ModelToRun, std::string> model_to_run(NamedModels& named, const std::string& model,
                                                   const std::string& format) {
  const auto found = named.find(model);
  if (!found) return tl::unexpected(found.error());
  ModelToRun run{.model = *found, .format = nullptr, .file = {}};
  const ModelShape& shape = *run.model;
  if (!shape.undisclosed.empty()) return tl::unexpected(fmt::format("{}: {}", shape.name, shape.undisclosed));
  // The tensors of a GGUF file have formats of their own.
  if (names_a_file(model) && shape.file_bytes > 0 && shape.packed_bytes == 0 && model.ends_with(".gguf")) {
    if (!format.empty())
      return tl::unexpected(std::string("--format is of synthetic models: a file is run as it is"));
    run.file = model;
    run.format = &file_format_of(FileFormatId::as_stored);
    return run;
  }
  const auto named_format = gguf_format_called(format.empty() ? usual_format : format);
  if (!named_format) return tl::unexpected(named_format.error());
  run.format = *named_format;
  return run;
}

}  // namespace weighin
