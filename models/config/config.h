// Hugging Face's config.json: a model's architecture as its authors publish it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "models/shape/shape.h"

namespace weighin {

/// The shape that a config.json describes: its `model_type` must be one of known_model_types. Fields that it
/// leaves out are what transformers' configuration class of that type takes for them
/// (github.com/huggingface/transformers, src/transformers/models/*/configuration_*.py), but layers, width and
/// heads must stand there. Extra layers that predict further tokens (num_nextn_predict_layers) are left out.
/// Sizes are held to limits no model comes near, so that the memory taken is bounded whatever the text says.
/// Error: `where`, the key at fault, what is wrong with it.
tl::expected<ModelShape, std::string> shape_of_config(std::string_view json_text, const std::string& where);

/// How many model types are known.
size_t known_model_types();

}  // namespace weighin
