// From the tensors of safetensors files and the config.json beside them to a model's shape.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "models/safetensors/safetensors.h"
#include "models/shape/shape.h"

namespace weighin {

/// The model that a config.json's text describes, with the tensors of its safetensors files; all were read
/// from `where`. Each tensor of the configuration is in the format that its file has it in, and the bytes are
/// exact. The matrices of quantized repositories (GPTQ, AWQ, compressed-tensors, MLX, bitsandbytes) are
/// packed as no tensor format says: each is given the GGUF format of as many bits, and
/// ModelShape::packed_bytes is what the files hold. Error: as shape_of_config.
tl::expected<ModelShape, std::string> shape_of_safetensors(const Safetensors& files,
                                                           std::string_view config_text,
                                                           const std::string& where);

}  // namespace weighin
