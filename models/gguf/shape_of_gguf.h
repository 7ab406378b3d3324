// From a GGUF header to a model's shape.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/gguf/gguf.h"
#include "models/shape/shape.h"

namespace weighin {

/// The model that `file`, read from `where`, holds: its architecture by its metadata, every tensor as it
/// stands in the file. Error: the key or tensor that does not make sense.
tl::expected<ModelShape, std::string> shape_of_gguf(const Gguf& file, const std::string& where);

/// "Llama 3.2 1B Instruct" -> "llama-3.2-1b-instruct": lower case letters, digits, dots, hyphens and
/// underscores, fit for a file's name.
std::string model_name(std::string_view title);

/// The name of the file format that the formats of `shape.tensors` make: that of the row of file_formats.inc
/// with LLAMA_FTYPE `file_type` where most matrices follow it, else of the format most weights are in.
std::string stored_format_name(const ModelShape& shape, uint32_t file_type);

}  // namespace weighin
