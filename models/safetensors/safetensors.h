// safetensors files: the header alone. Layout: https://github.com/huggingface/safetensors#format
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "models/format/format.h"
#include "models/shape/shape.h"
#include "models/source/source.h"

namespace weighin {

struct SafeTensor {
  std::string name;
  FormatId format = FormatId::none;  // unsigned integers and booleans: the signed integer of their size
  std::vector<uint64_t> shape;
  uint64_t bytes = 0;
};

/// The headers of one file, or of all that an index names.
struct Safetensors {
  std::vector<SafeTensor> tensors;
  uint64_t data_bytes = 0;  // of all tensors
  uint64_t file_bytes = 0;  // of all files, headers included
};

/// The header of one file. Every length and offset is held against the file's real size. Error: the byte or
/// the tensor at fault; for an incomplete download, that it is one.
tl::expected<Safetensors, std::string> read_safetensors(ByteSource& source);

/// All the files that an index ("model.safetensors.index.json") names, which stand beside it. Error: as
/// above, or the file that is missing.
tl::expected<Safetensors, std::string> read_safetensors_index(const std::string& path_or_url);

/// The model of a config.json's text with the tensors of its safetensors files, all read from `where`: each
/// of the configuration's tensors in the format its file has it in, exact bytes of all. Of quantized
/// repositories (GPTQ, AWQ, compressed-tensors, MLX, bitsandbytes), whose packing no tensor format says, each
/// matrix is in the GGUF format of as many bits, and ModelShape::packed_bytes is what the files hold. Error:
/// as shape_of_config.
tl::expected<ModelShape, std::string> shape_of_safetensors(const Safetensors& files,
                                                           std::string_view config_text,
                                                           const std::string& where);

}  // namespace weighin
