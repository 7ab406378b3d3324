// Imports a model from a path, a URL or a repository.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "models/gguf/gguf.h"
#include "models/safetensors/safetensors.h"
#include "models/shape/shape.h"

namespace weighin {

/// What was read of a model's files: a GGUF header, or a config.json with or without the headers of
/// safetensors files.
struct ModelFiles {
  std::string where;  // the path or URL of the file that was chosen
  Gguf gguf;
  std::string config;  // config.json's text; empty: a GGUF file was read
  Safetensors safetensors;
};

/// Reads the model at a path or URL. It may be a file, a folder, or a repository of Hugging Face
/// ("https://huggingface.co/OWNER/NAME"). A file is a GGUF file (any part of a split one), a safetensors file
/// or index, or a config.json; its content decides which. Of a folder or repository choose_model_file() takes
/// one. Only headers are read. Error: what was tried, and what to name instead.
tl::expected<ModelFiles, std::string> read_model_files(const std::string& path_or_url);

/// The model that `files` describe. Error: the key or tensor that makes no sense.
tl::expected<ModelShape, std::string> shape_of_files(const ModelFiles& files);

/// The model at a path or URL: both steps together.
tl::expected<ModelShape, std::string> import_model(const std::string& path_or_url);

/// Which of a folder's files is the model: the GGUF file, else the index of safetensors files, else the
/// safetensors file, else config.json. Vision towers (mmproj) do not count. Error: there are several, with
/// their names, or none.
tl::expected<std::string, std::string> choose_model_file(const std::string& where,
                                                         std::vector<std::string> names);

}  // namespace weighin
