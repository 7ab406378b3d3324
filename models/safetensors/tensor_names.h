// From the tensor names of Hugging Face's models to those of GGUF.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weighin {

/// What the name of a tensor in a safetensors file says.
struct HuggingFaceName {
  /// The GGUF names of the tensor ("blk.3.attn_q.weight"). Several where a GGUF file can split the matrix or
  /// name it in several ways, none where the name is in no table.
  std::vector<std::string> gguf;
  bool beside = false;  // it holds scales, zero points or the like of a quantized matrix, and not its values
};

HuggingFaceName read_hugging_face_name(std::string_view name);

}  // namespace weighin
