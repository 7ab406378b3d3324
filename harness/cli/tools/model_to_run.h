// The model that a command runs: a GGUF file as it is, or a known shape with random weights.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "harness/cli/named_models.h"
#include "models/format/file_format.h"

namespace weighin {

struct ModelToRun {
  const ModelShape* model = nullptr;
  const FileFormat* format = nullptr;  // the file's own ("as stored"), or that of the random weights
  std::string file;                    // the GGUF file; empty: random weights
};

/// The model that the command line calls `model`, which `named` owns, in `format`, or in the usual one where
/// that is empty. Error: there is no such model or no such GGUF format, the model is undisclosed, or a format
/// is asked of a file.
tl::expected<ModelToRun, std::string> model_to_run(NamedModels& named, const std::string& model,
                                                   const std::string& format);

}  // namespace weighin
