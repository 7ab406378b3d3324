#include "models/safetensors/tensor_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace weighin {
namespace {

/// The end of a Hugging Face name, with "*" for numbers, and the part of the GGUF name. The first row that
/// matches counts, and so do later rows with the same end. Read in llama.cpp's
/// gguf-py/gguf/tensor_mapping.py, 2026-11-24.
struct Row {
  std::string_view end;
  std::string_view part;
};

constexpr Row layer_rows[] = {
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"},
    {"self_attn.dense", "attn_output"},
    {"self_attn.out_proj", "attn_output"},
    {"self_attn.qkv_proj", "attn_qkv"},
    {"self_attn.q_a_proj", "attn_q_a"},
    {"self_attn.q_b_proj", "attn_q_b"},
    {"self_attn.kv_a_proj_with_mqa", "attn_kv_a_mqa"},
    {"self_attn.kv_b_proj", "attn_kv_b"},
    {"self_attn.kv_b_proj", "attn_k_b"},
    {"self_attn.kv_b_proj", "attn_v_b"},
    {"query_key_value", "attn_qkv"},
    {"attn.c_attn", "attn_qkv"},
    {"attn.c_proj", "attn_output"},
    {"self_attention.dense", "attn_output"},
    {"attention.dense", "attn_output"},
    {"attention.self.query", "attn_q"},
    {"attention.self.key", "attn_k"},
    {"attention.self.value", "attn_v"},
    {"attention.output.dense", "attn_output"},
    {"attention.q_lin", "attn_q"},
    {"attention.k_lin", "attn_k"},
    {"attention.v_lin", "attn_v"},
    {"attention.out_lin", "attn_output"},
    {"experts.*.gate_proj", "ffn_gate_exps"},
    {"experts.*.up_proj", "ffn_up_exps"},
    {"experts.*.down_proj", "ffn_down_exps"},
    {"experts.*.w1", "ffn_gate_exps"},
    {"experts.*.w3", "ffn_up_exps"},
    {"experts.*.w2", "ffn_down_exps"},
    {"experts.gate_up_proj", "ffn_gate_exps"},
    {"experts.gate_up_proj", "ffn_up_exps"},
    {"experts.gate_up_proj", "ffn_gate_up_exps"},
    {"experts.down_proj", "ffn_down_exps"},
    {"shared_expert.gate_proj", "ffn_gate_shexp"},
    {"shared_expert.up_proj", "ffn_up_shexp"},
    {"shared_expert.down_proj", "ffn_down_shexp"},
    {"shared_experts.gate_proj", "ffn_gate_shexp"},
    {"shared_experts.up_proj", "ffn_up_shexp"},
    {"shared_experts.down_proj", "ffn_down_shexp"},
    {"shared_expert_gate", "ffn_gate_inp_shexp"},
    {"mlp.gate", "ffn_gate_inp"},
    {"mlp.router", "ffn_gate_inp"},
    {"block_sparse_moe.gate", "ffn_gate_inp"},
    {"gate_proj", "ffn_gate"},
    {"up_proj", "ffn_up"},
    {"down_proj", "ffn_down"},
    {"mlp.gate_up_proj", "ffn_up"},
    {"mlp.fc1", "ffn_up"},
    {"mlp.fc2", "ffn_down"},
    {"mlp.c_fc", "ffn_up"},
    {"mlp.c_proj", "ffn_down"},
    {"mlp.dense_h_to_4h", "ffn_up"},
    {"mlp.dense_4h_to_h", "ffn_down"},
    {"intermediate.dense", "ffn_up"},
    {"output.dense", "ffn_down"},
    {"ffn.lin1", "ffn_up"},
    {"ffn.lin2", "ffn_down"},
    {"input_layernorm", "attn_norm"},
    {"post_attention_layernorm", "ffn_norm"},
    {"post_attention_layernorm", "post_attention_norm"},
    {"pre_feedforward_layernorm", "ffn_norm"},
    {"post_feedforward_layernorm", "post_ffw_norm"},
    {"q_norm", "attn_q_norm"},
    {"k_norm", "attn_k_norm"},
    {"attention.output.LayerNorm", "attn_output_norm"},
    {"output.LayerNorm", "layer_output_norm"},
    {"sa_layer_norm", "attn_output_norm"},
    {"output_layer_norm", "layer_output_norm"},
    {"ln_1", "attn_norm"},
    {"ln_2", "ffn_norm"},
    {"mixer.in_proj", "ssm_in"},
    {"mixer.out_proj", "ssm_out"},
    {"mixer.x_proj", "ssm_x"},
    {"mixer.dt_proj", "ssm_dt"},
    {"mixer.conv1d", "ssm_conv1d"},
    {"mixer.A_log", "ssm_a"},
    {"mixer.D", "ssm_d"},
    {"mamba.in_proj", "ssm_in"},
    {"mamba.out_proj", "ssm_out"},
    {"mamba.conv1d", "ssm_conv1d"},
    {"mixer.norm", "ssm_norm"},
};

constexpr Row model_rows[] = {
    {"embed_tokens", "token_embd"},
    {"wte", "token_embd"},
    {"word_embeddings", "token_embd"},
    {"embed_in", "token_embd"},
    {"embeddings", "token_embd"},
    {"shared", "token_embd"},
    {"position_embeddings", "position_embd"},
    {"wpe", "position_embd"},
    {"token_type_embeddings", "token_types"},
    {"embeddings.LayerNorm", "token_embd_norm"},
    {"lm_head", "output"},
    {"embed_out", "output"},
    {"model.norm", "output_norm"},
    {"norm_f", "output_norm"},
    {"ln_f", "output_norm"},
    {"final_layernorm", "output_norm"},
    {"pooler.dense", "cls"},
};

/// Endings of the values of a matrix, and of what stands beside the values of a quantized one.
constexpr std::string_view values_endings[] = {".weight", ".qweight", ".weight_packed", "_blocks"};
constexpr std::string_view beside_endings[] = {".scales",
                                               ".qzeros",
                                               ".g_idx",
                                               ".biases",
                                               "_scales",
                                               ".weight_scale",
                                               ".weight_scale_inv",
                                               ".weight_shape",
                                               ".weight_zero_point",
                                               ".weight_g_idx",
                                               ".input_scale",
                                               ".weight_scale_2",
                                               ".absmax",
                                               ".quant_map",
                                               ".quant_state.bitsandbytes__nf4",
                                               ".SCB"};

bool take_ending(std::string_view& name, std::string_view ending) {
  if (!name.ends_with(ending)) return false;
  name.remove_suffix(ending.size());
  return true;
}

/// The name with "*" for each number between dots. The first number is the layer.
std::string with_stars(std::string_view name, std::optional<std::string>& layer) {
  std::string starred;
  while (true) {
    const size_t dot = std::min(name.find('.'), name.size());
    const std::string_view word = name.substr(0, dot);
    const bool number =
        !word.empty() && word.size() < 6 && word.find_first_not_of("0123456789") == std::string_view::npos;
    if (number && !layer) layer = std::string(word);
    starred += number ? "*" : word;
    if (dot == name.size()) return starred;
    starred += '.';
    name.remove_prefix(dot + 1);
  }
}

bool matches(std::string_view name, std::string_view end) {
  return name.ends_with(end) && (name.size() == end.size() || name[name.size() - end.size() - 1] == '.');
}

}  // namespace

HuggingFaceName read_hugging_face_name(std::string_view name) {
  HuggingFaceName read;
  std::string_view ending = "weight";
  bool found = take_ending(name, ".bias");
  if (found) ending = "bias";
  for (const std::string_view values : values_endings) found = found || take_ending(name, values);
  for (const std::string_view beside : beside_endings)
    if (!found && take_ending(name, beside)) found = read.beside = true;
  // Vision towers and audio encoders have layers of their own.
  for (const std::string_view word : {"vision", "visual", "audio"})
    if (name.find(word) != std::string_view::npos) return read;
  std::optional<std::string> layer;
  const std::string starred = with_stars(name, layer);
  const auto read_rows = [&](auto&& rows, const std::string& prefix) {
    std::string_view matched;
    for (const Row& row : rows) {
      if (!matched.empty() && row.end != matched) continue;
      if (!matches(starred, row.end)) continue;
      matched = row.end;
      read.gguf.push_back(fmt::format("{}{}.{}", prefix, row.part, ending));
    }
  };
  if (layer) {
    read_rows(layer_rows, fmt::format("blk.{}.", *layer));
  } else {
    read_rows(model_rows, "");
  }
  return read;
}

}  // namespace weighin
