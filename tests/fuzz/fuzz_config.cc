// config.json, alone and with tensors beside it.
#include "models/config/config.h"
#include "models/safetensors/safetensors.h"
#include "models/safetensors/shape_of_safetensors.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weighin;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto alone = shape_of_config(text, "config.json");
  if (!alone) {
    require_reason(alone.error());
    return 0;
  }
  use(*alone);
  const Safetensors tensors{.tensors = {{"model.embed_tokens.weight", FormatId::bf16, {8, 8}, 128}},
                            .data_bytes = 128,
                            .file_bytes = 200};
  const auto shape = shape_of_safetensors(tensors, text, "config.json");
  require(shape.has_value(), "accepted alone, and refused beside tensors");
  require(parameters(*shape) == parameters(*alone), "another size beside tensors");
  return 0;
}
