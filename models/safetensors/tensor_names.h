// Tensor names of Hugging Face's models, as GGUF has them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weighin {

/// What a name of a safetensors file says.
struct HuggingFaceName {
  /// The GGUF names of what it holds ("blk.3.attn_q.weight"): several where one matrix is several there;
  /// empty: a part that no table has.
  std::vector<std::string> gguf;
  bool beside = false;  // scales, zeros and the like of a quantized matrix, not its values
};

HuggingFaceName read_hugging_face_name(std::string_view name);

}  // namespace weighin
