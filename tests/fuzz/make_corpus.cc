// make_corpus DIR: writes small valid files, from which fuzzing starts, to DIR/gguf, DIR/safetensors and
// DIR/config.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/models/gguf/made_gguf.h"

namespace weighin {
namespace {

using nlohmann::json;

class Corpus {
 public:
  Corpus(const std::filesystem::path& folder, const std::string& kind) : folder_(folder / kind) {
    std::filesystem::create_directories(folder_);
  }
  void add(const std::string& bytes) {
    std::ofstream(folder_ / std::to_string(count_++), std::ios::binary) << bytes;
  }

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

MadeGguf made_keys(const std::string& architecture) {
  MadeGguf made;
  made.text("general.architecture", architecture).text("general.name", "Made").u32("general.file_type", 7);
  made.u32(architecture + ".block_count", 2).u32(architecture + ".context_length", 512);
  made.u32(architecture + ".embedding_length", 32).u32(architecture + ".feed_forward_length", 64);
  made.u32(architecture + ".attention.head_count", 4)
      .i32_array(architecture + ".attention.head_count_kv", {0, 2});
  made.f32(architecture + ".attention.layer_norm_rms_epsilon", 1e-6f).tokens("tokenizer.ggml.tokens", 4);
  made.tensor("token_embd.weight", {32, 4}, FormatId::q8_0).tensor("output_norm.weight", {32}, FormatId::f32);
  return made;
}

/// A small model, so that most changed bytes are in the header.
void make_gguf(Corpus& corpus) {
  MadeGguf dense = made_keys("gemma3");
  dense.u32("gemma3.attention.sliding_window", 64).u32("gemma3.attention.key_length", 16);
  for (const char* part : {"attn_q", "attn_k", "attn_v", "attn_output"})
    for (const char* layer : {"blk.0.", "blk.1."})
      dense.tensor(fmt::format("{}{}.weight", layer, part), {32, 2}, FormatId::q4_0);
  dense.tensor("blk.0.ffn_down.weight", {64, 2}, FormatId::q8_0)
      .tensor("blk.0.attn_norm.weight", {32}, FormatId::f32);
  corpus.add(dense.bytes());
  MadeGguf experts = made_keys("deepseek2");
  experts.u32("deepseek2.expert_count", 4).u32("deepseek2.expert_used_count", 2);
  experts.u32("deepseek2.attention.kv_lora_rank", 32).u32("deepseek2.rope.dimension_count", 8);
  experts.u32("deepseek2.attention.key_length", 24)
      .u16("split.count", 1)
      .u32("deepseek2.nextn_predict_layers", 1);
  experts.tensor("blk.1.ffn_down_exps.weight", {64, 2, 4}, FormatId::q8_0);
  experts.tensor("blk.0.ffn_up.0.weight", {32, 2}, FormatId::f16)
      .tensor("blk.0.ffn_up.1.weight", {32, 2}, FormatId::f16);
  experts.tensor("blk.0.attn_kv_a_mqa.weight", {32, 2}, FormatId::q8_0);
  corpus.add(experts.bytes());
  MadeGguf hybrid = made_keys("jamba");
  hybrid.u32("jamba.ssm.inner_size", 64).u32("jamba.ssm.state_size", 16).u32("jamba.ssm.conv_kernel", 4);
  hybrid.boolean_array("jamba.attention.sliding_window_pattern", {true, false}).u32("general.alignment", 32);
  hybrid.tensor("blk.0.ssm_a", {16, 2}, FormatId::f32).tensor("blk.1.attn_q.weight", {32, 2}, FormatId::bf16);
  corpus.add(hybrid.bytes());
  MadeGguf encoder = made_keys("bert").boolean("bert.attention.causal", false);
  encoder.tensor("position_embd.weight", {32, 2}, FormatId::f16);
  corpus.add(encoder.bytes());
  corpus.add(MadeGguf(2).bytes());
}

void make_safetensors(Corpus& corpus) {
  for (const int layers : {1, 2}) {
    json header = {{"__metadata__", {{"format", "pt"}}}};
    uint64_t bytes = 0;
    const auto add = [&](const std::string& name, const char* dtype, const std::vector<uint64_t>& shape,
                         uint64_t each) {
      uint64_t size = each;
      for (const uint64_t dimension : shape) size *= dimension;
      header[name] = {{"dtype", dtype}, {"shape", shape}, {"data_offsets", {bytes, bytes + size}}};
      bytes += size;
    };
    add("model.embed_tokens.weight", "BF16", {4, 8}, 2);
    for (int i = 0; i < layers; ++i) {
      const std::string layer = fmt::format("model.layers.{}.", i);
      add(layer + "self_attn.q_proj.qweight", "I32", {1, 8}, 4);
      add(layer + "self_attn.q_proj.scales", "F16", {1, 8}, 2);
      add(layer + "mlp.experts.0.w1.weight", "F8_E4M3", {8, 8}, 1);
      add(layer + "input_layernorm.weight", "F32", {8}, 4);
    }
    const std::string text = header.dump();
    const uint64_t length = text.size();
    std::string file(8, '\0');
    std::memcpy(file.data(), &length, 8);
    corpus.add(file + text + std::string(bytes, '\0'));
  }
}

constexpr const char* configs[] = {
    R"({"model_type":"llama","hidden_size":64,"intermediate_size":128,"num_hidden_layers":2,"num_attention_heads":4,
"num_key_value_heads":2,"vocab_size":100,"max_position_embeddings":512,"rope_scaling":{"rope_type":"llama3"},
"quantization_config":{"quant_method":"compressed-tensors","config_groups":{"group_0":{"weights":{"num_bits":4}}}}})",
    R"({"model_type":"qwen3_moe","hidden_size":64,"intermediate_size":128,"num_hidden_layers":2,"num_attention_heads":4,
"num_experts":8,"num_experts_per_tok":2,"moe_intermediate_size":32,"vocab_size":100,"quantization":{"bits":4,"group_size":64}})",
    R"({"model_type":"deepseek_v3","hidden_size":64,"intermediate_size":128,"num_hidden_layers":3,"num_attention_heads":4,
"kv_lora_rank":32,"q_lora_rank":32,"qk_rope_head_dim":8,"qk_nope_head_dim":16,"v_head_dim":16,"n_routed_experts":8,
"num_experts_per_tok":2,"moe_intermediate_size":32,"first_k_dense_replace":1,"vocab_size":100})",
    R"({"model_type":"mamba2","hidden_size":64,"num_hidden_layers":2,"num_heads":8,"head_dim":16,"state_size":16,"vocab_size":100})",
    R"({"model_type":"bert","hidden_size":64,"intermediate_size":128,"num_hidden_layers":2,"num_attention_heads":4,"vocab_size":100})",
    R"({"model_type":"t5","d_model":64,"d_ff":128,"num_layers":2,"num_heads":4,"d_kv":16,"vocab_size":100})",
    R"({"model_type":"gemma3","text_config":{"model_type":"gemma3_text","hidden_size":64,"intermediate_size":128,
"num_hidden_layers":6,"num_attention_heads":4,"sliding_window":32},"vision_config":{"hidden_size":32,"num_hidden_layers":2,
"intermediate_size":64,"num_attention_heads":2,"image_size":28,"patch_size":14}})"};

void make_configs(Corpus& corpus) {
  for (const char* config : configs) corpus.add(config);
  for (const auto& entry : std::filesystem::directory_iterator(WEIGHIN_SOURCE_DIR "/models/catalog")) {
    std::ifstream in(entry.path());
    const json model = json::parse(std::string((std::istreambuf_iterator<char>(in)), {}), nullptr, false);
    if (model.is_object() && model.contains("config")) corpus.add(model["config"].dump());
  }
}

}  // namespace
}  // namespace weighin

int main(int count, char** words) {
  if (count != 2) return 2;
  using namespace weighin;
  Corpus gguf(words[1], "gguf"), safetensors(words[1], "safetensors"), config(words[1], "config");
  make_gguf(gguf);
  make_safetensors(safetensors);
  make_configs(config);
  return 0;
}
