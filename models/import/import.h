// A model from wherever its files are.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "models/gguf/gguf.h"
#include "models/safetensors/safetensors.h"
#include "models/shape/shape.h"

namespace weighin {

/// What was read of a model's files: a GGUF header, or a config.json with or without safetensors' headers.
struct ModelFiles {
  std::string where;  // the path or URL of the file that was chosen
  Gguf gguf;
  std::string config;  // config.json's text; empty: a GGUF file was read
  Safetensors safetensors;
};

/// Reads what is at a path or URL: a GGUF file (any part of a split one), a safetensors file or index, a
/// config.json, told apart by their content; or a folder of such files, or a repository of Hugging Face
/// ("https://huggingface.co/OWNER/NAME"), of which the GGUF file is taken, else the safetensors' index, else
/// the safetensors file, else config.json. Only headers are read. Error: what was tried, and what to name
/// instead.
tl::expected<ModelFiles, std::string> read_model_files(const std::string& path_or_url);

/// The model that `files` describe. Error: the key or tensor that makes no sense.
tl::expected<ModelShape, std::string> shape_of_files(const ModelFiles& files);

/// Both.
tl::expected<ModelShape, std::string> import_model(const std::string& path_or_url);

/// Which of a folder's files is the model, by the order above. Error: the choices, where it is not one.
tl::expected<std::string, std::string> choose_model_file(const std::string& where,
                                                         std::vector<std::string> names);

}  // namespace weighin
