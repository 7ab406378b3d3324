// safetensors headers with a fixed configuration beside them.
#include "models/import/import.h"
#include "models/safetensors/shape_of_safetensors.h"
#include "models/source/byte_source.h"
#include "tests/fuzz/fuzz.h"

namespace {
constexpr const char* config = R"({"model_type": "llama", "architectures": ["LlamaForCausalLM"],
  "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
  "vocab_size": 100, "max_position_embeddings": 512,
  "quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 64}})";
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weighin;
  ByteSource source =
      source_of_bytes("made.safetensors", std::string(reinterpret_cast<const char*>(data), size));
  auto tensors = read_safetensors(source);
  if (!tensors) {
    require_reason(tensors.error());
    return 0;
  }
  const auto shape = shape_of_safetensors(*tensors, config, "made.safetensors");
  require(shape.has_value(), "a configuration that is right was refused");
  use(*shape);
  return 0;
}
