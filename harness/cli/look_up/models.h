// What the parts of `weighin models` share: one file a subcommand.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/cli/command.h"
#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

/// Which models `models list` lists; empty and 0: all.
struct ModelFilter {
  std::string license, size_class, task, architecture;
  double max_download_bytes = 0;
  double max_params = 0;
  bool gated = false, ungated = false;
};

/// Lists the models that pass `filter`: the catalogue's, then the user's own.
void list_models(const Invocation& invocation, const ModelFilter& filter, bool as_json);
/// Shows the model that `name` names, or fails with near names.
void show_model(Invocation& invocation, const std::string& name, bool as_json);

/// The smallest GGUF of `model` whose matrices have at least 4 bits a weight.
struct SmallestFile {
  const FileFormat* format = nullptr;
  uint64_t bytes = 0;
};
SmallestFile smallest_four_bit_file(const ModelShape& model);

/// What `list` and `show` both say; numbers are null where the shape is undisclosed.
nlohmann::ordered_json summary_json(const ModelShape& model);

}  // namespace weighin
