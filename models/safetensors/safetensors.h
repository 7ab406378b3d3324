// The header of safetensors files. Layout: https://github.com/huggingface/safetensors#format
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "models/format/format.h"
#include "models/source/byte_source.h"

namespace weighin {

struct SafeTensor {
  std::string name;
  FormatId format = FormatId::none;  // unsigned integers and booleans have the signed integer of their size
  std::vector<uint64_t> shape;
  uint64_t bytes = 0;
};

/// The headers of one file, or of all that an index names.
struct Safetensors {
  std::vector<SafeTensor> tensors;
  uint64_t data_bytes = 0;  // bytes of all tensors
  uint64_t file_bytes = 0;  // bytes of all files, with their headers
};

/// Reads the header of one file. Every length and offset is checked against the real size of the file. Error:
/// the byte or the tensor at fault. An incomplete download is called one.
tl::expected<Safetensors, std::string> read_safetensors(ByteSource& source);

}  // namespace weighin
