// The model that a command computes with: a GGUF file as it is, or a known shape with random weights.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "harness/cli/named_models.h"
#include "models/format/file_format.h"

namespace weighin {

struct ModelToRun {
  const ModelShape* model = nullptr;
  const FileFormat* format = nullptr;  // a file's own, or that of the random weights
  std::string file;                    // empty: random weights
};

/// `named` owns the model. `format` is the one asked for, empty for `usual_format`. Error: no such model, one
/// that is undisclosed, no such GGUF format, or a format asked of a file.
tl::expected<ModelToRun, std::string> model_to_run(NamedModels& named, const std::string& model,
                                                   const std::string& format, const char* usual_format);

}  // namespace weighin
