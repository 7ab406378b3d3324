// tensor_formats: models and the format that each of their tensors has in each mix, one JSON object a line,
// for quantize.test.mjs to hold against llama.cpp's own quantizer. The catalogue's models, and made ones with
// what the catalogue lacks: rows that are no whole number of blocks, expert counts, 70B proportions.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "models/bytes/tensor_formats.h"
#include "models/format/file_format.h"
#include "models/names/catalogue.h"
#include "models/shape/build_shape.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

ModelShape made(std::string name, Architecture architecture) {
  ModelShape shape;
  static_cast<Architecture&>(shape) = std::move(architecture);
  shape.name = std::move(name);
  if (shape.head_dim == 0 && shape.heads) shape.head_dim = shape.width / shape.heads;
  build_shape(shape);
  return shape;
}

/// A decoder of the usual kind.
Architecture decoder(const char* architecture, uint32_t layers, uint32_t width, uint32_t heads,
                     uint32_t kv_heads) {
  Architecture a;
  a.architecture = architecture;
  a.layers = layers;
  a.width = width;
  a.vocab = 1000;
  a.max_context = 2048;
  a.ffn_width = 2 * width;
  a.heads = heads;
  a.kv_heads = kv_heads;
  a.rope = true;
  return a;
}

std::vector<ModelShape> made_models() {
  std::vector<ModelShape> models;
  for (const uint32_t layers : {1u, 3u, 8u, 22u, 33u}) {
    for (const bool tied : {false, true}) {
      Architecture a = decoder("llama", layers, 512, 8, layers % 2 ? 2 : 8);
      a.tied = tied;
      models.push_back(made(fmt::format("llama {} layers{}", layers, tied ? ", tied" : ""), a));
    }
  }
  for (const uint32_t width : {288u, 544u, 576u, 832u})  // multiples of 32 alone
    models.push_back(made(fmt::format("llama {} wide", width), decoder("llama", 4, width, 4, 2)));
  models.push_back(made("llama 264 wide", decoder("llama", 4, 264, 4, 2)));  // no multiple of 32
  for (const char* architecture : {"llama", "qwen2", "qwen3", "deci", "olmo", "gemma2", "granite"}) {
    models.push_back(
        made(fmt::format("{} of 80 layers", architecture), decoder(architecture, 80, 512, 8, 2)));
    models.push_back(
        made(fmt::format("{} of 80 layers, all heads", architecture), decoder(architecture, 80, 512, 8, 8)));
  }
  for (const uint32_t experts : {2u, 4u, 8u, 16u}) {
    for (const uint32_t kv_heads : {2u, 8u}) {
      Architecture a = decoder("llama", 12, 512, 8, kv_heads);
      a.experts = experts;
      a.experts_active = 2;
      models.push_back(made(fmt::format("llama of {} experts, {} KV heads", experts, kv_heads), a));
    }
  }
  Architecture moe = decoder("qwen2moe", 24, 512, 8, 8);
  moe.experts = 60;
  moe.experts_active = 4;
  moe.shared_experts = 4;
  moe.shared_ffn_width = 1024;
  moe.shared_expert_gate = true;
  models.push_back(made("qwen2moe", moe));
  Architecture phi = decoder("phi3", 32, 512, 8, 8);
  phi.fused_qkv = phi.fused_gate_up = true;
  models.push_back(made("phi3", phi));
  for (const uint32_t layers : {16u, 32u, 60u}) {
    Architecture falcon = decoder("falcon", layers, 512, 8, 1);
    falcon.fused_qkv = true;
    falcon.activation = Activation::gelu;
    falcon.norm = NormKind::layer;
    falcon.norm_place = NormPlace::parallel;
    falcon.tied = layers == 16;
    models.push_back(made(fmt::format("falcon of {} layers", layers), falcon));
  }
  Architecture deepseek = decoder("deepseek2", 12, 512, 8, 8);
  deepseek.head_dim = 128;
  deepseek.value_dim = 128;
  deepseek.rope_dim = 64;
  deepseek.kv_lora_rank = 256;
  deepseek.q_lora_rank = 768;
  deepseek.experts = 16;
  deepseek.experts_active = 4;
  deepseek.shared_experts = 1;
  deepseek.shared_ffn_width = deepseek.ffn_width;
  deepseek.dense_layers = 2;
  deepseek.dense_ffn_width = 2048;
  models.push_back(made("deepseek2", deepseek));
  Architecture gemma = decoder("gemma", 18, 512, 8, 1);
  gemma.head_dim = 256;
  gemma.tied = true;
  models.push_back(made("gemma", gemma));
  Architecture mamba = decoder("mamba", 24, 512, 0, 0);
  mamba.state_space = {.inner = 1024, .state = 16, .kernel = 4, .dt_rank = 32};
  mamba.per_layer.assign(24, {.mixer = Mixer::mamba, .feed_forward = FeedForward::none});
  mamba.tied = true;
  models.push_back(made("mamba", mamba));
  Architecture bert = decoder("bert", 12, 384, 12, 12);
  bert.ffn_width = 1536;
  bert.norm = NormKind::layer;
  bert.norm_place = NormPlace::after;
  bert.activation = Activation::gelu;
  bert.positions = 512;
  bert.token_types = 2;
  bert.head = false;
  models.push_back(made("bert", bert));
  return models;
}

ordered_json tensor_json(const Tensor& tensor) {
  const bool vector = tensor.rows == 1 || tensor.role == TensorRole::norm;
  ordered_json dims = vector ? ordered_json{tensor.cols} : ordered_json{tensor.cols, tensor.rows};
  if (tensor.stored > 1) dims.push_back(tensor.stored);
  return {{"name", tensor.name}, {"dims", dims}};
}

void print(const ModelShape& shape) {
  ordered_json line{{"model", shape.name},
                    {"architecture", shape.architecture},
                    {"layers", shape.layers},
                    {"width", shape.width},
                    {"vocab", shape.vocab},
                    {"ffn_width", shape.ffn_width},
                    {"heads", shape.heads},
                    {"kv_heads", shape.kv_lora_rank ? 1 : shape.kv_heads},
                    {"head_dim", shape.head_dim},
                    {"experts", shape.experts},
                    {"experts_active", shape.experts_active},
                    {"encoder_layers", shape.encoder_layers},
                    {"kv_lora_rank", shape.kv_lora_rank}};
  for (const Layer& layer : shape.per_layer) {
    const bool attends = layer.mixer == Mixer::attention || layer.mixer == Mixer::latent_attention ||
                         layer.mixer == Mixer::gated_delta || layer.attention_too;
    line["kv_heads_of_layers"].push_back(attends ? (shape.kv_lora_rank ? 1 : layer.kv_heads) : 0);
  }
  for (const Tensor& tensor : shape.tensors)
    if (tensor.stored) line["tensors"].push_back(tensor_json(tensor));
  for (const FileFormat& format : all_file_formats()) {
    if (format.container != Container::gguf || format.gguf_type == no_gguf) continue;
    for (const bool imatrix : {false, true}) {
      const std::vector<FormatId> formats = tensor_formats(shape, format, imatrix);
      ordered_json names = ordered_json::array();
      for (size_t i = 0; i < formats.size(); ++i)
        if (shape.tensors[i].stored) names.push_back(format_of(formats[i]).name);
      line["mixes"].push_back(
          {{"name", format.name}, {"number", format.gguf_type}, {"imatrix", imatrix}, {"formats", names}});
    }
  }
  std::puts(line.dump().c_str());
}

}  // namespace
}  // namespace weighin

int main(int argc, char** argv) {
  using namespace weighin;
  const bool all = argc > 1 && std::string_view(argv[1]) == "all";
  for (const ModelShape& shape : made_models()) print(shape);
  std::set<std::string> seen;
  for (const ModelShape& shape : all_models()) {
    if (!shape.undisclosed.empty() || shape.architecture.empty() || shape.made) continue;
    if (all || seen.insert(shape.architecture).second) print(shape);
  }
}
