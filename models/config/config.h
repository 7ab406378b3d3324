// Hugging Face's config.json: the architecture of a model as its authors publish it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "models/shape/shape.h"

namespace weighin {

/// The shape that a config.json describes. Its `model_type` must be one of the table in config.cc. A field
/// that it leaves out has the default of transformers' configuration class of that type
/// (github.com/huggingface/transformers, src/transformers/models/*/configuration_*.py). The numbers of layers
/// and heads, and the width, have no default. Layers that only predict further tokens
/// (num_nextn_predict_layers) are left out of the shape. Sizes above limits that no model comes near are
/// refused, so that the memory taken is bounded whatever the text says. Error: `where` the text was read, the
/// key at fault, and what is wrong with it.
tl::expected<ModelShape, std::string> shape_of_config(std::string_view json_text, const std::string& where);

/// The number of known model types.
size_t known_model_types();

}  // namespace weighin
