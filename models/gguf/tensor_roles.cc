#include "models/gguf/tensor_roles.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace weighin {
namespace {

struct Row {
  std::string_view part;
  TensorRole role;
};

/// Parts of names, which are the same in all architectures (llama.cpp, src/llama-arch.cpp, LLM_TENSOR_NAMES,
/// read 2026-11-24).
constexpr Row rows[] = {
    {"token_embd", TensorRole::token_embedding},
    {"position_embd", TensorRole::position_embedding},
    {"token_types", TensorRole::position_embedding},
    {"per_layer_token_embd", TensorRole::per_layer_embedding},
    {"output", TensorRole::output},
    {"cls", TensorRole::pooler},
    {"attn_q", TensorRole::attn_q},
    {"attn_k", TensorRole::attn_k},
    {"attn_v", TensorRole::attn_v},
    {"attn_qkv", TensorRole::attn_qkv},
    {"attn_kv_b", TensorRole::attn_kv_b},
    {"attn_output", TensorRole::attn_output},
    {"attn_o", TensorRole::attn_output},  // T5
    {"ffn_gate", TensorRole::ffn_gate},
    {"ffn_up", TensorRole::ffn_up},
    {"ffn_down", TensorRole::ffn_down},
    {"ffn_gate_shexp", TensorRole::ffn_gate},
    {"ffn_up_shexp", TensorRole::ffn_up},
    {"ffn_down_shexp", TensorRole::ffn_down},
    {"ffn_gate_inp", TensorRole::router},
    {"ffn_gate_inp_shexp", TensorRole::router},
    {"ffn_gate_exps", TensorRole::expert_gate},
    {"ffn_up_exps", TensorRole::expert_up},
    {"ffn_gate_up_exps", TensorRole::expert_up},
    {"ffn_down_exps", TensorRole::expert_down},
    {"ssm_conv1d", TensorRole::convolution},
    {"ssm_conv1d_q", TensorRole::convolution},
    {"ssm_conv1d_k", TensorRole::convolution},
    {"ssm_conv1d_v", TensorRole::convolution},
    {"shortconv.conv", TensorRole::convolution},
    {"ssm_a", TensorRole::bias},  // a value for each channel and state, which is not multiplied as a matrix
    {"rope_freqs", TensorRole::table},
    {"rope_factors_long", TensorRole::table},
    {"rope_factors_short", TensorRole::table},
    {"attn_rel_b", TensorRole::table},
};

bool is_norm(std::string_view part) {
  return part.ends_with("_norm") || part.ends_with("_norm_1") || part.ends_with("_norm_2") ||
         part.ends_with(".norm") || part == "norm";
}

/// Reads "123." from the front of `text`. -1, with `text` unchanged, where it does not begin so.
int32_t leading_number(std::string_view& text) {
  int32_t number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || end == text.data() + text.size() || *end != '.') return -1;
  text.remove_prefix(static_cast<size_t>(end - text.data()) + 1);
  return number;
}

/// "ffn_up.7" -> "ffn_up_exps". Empty where the part is not that of one expert.
std::string joined_part(std::string_view part) {
  for (const std::string_view matrix : {"ffn_gate", "ffn_up", "ffn_down"}) {
    if (!part.starts_with(matrix) || part.size() <= matrix.size() + 1 || part[matrix.size()] != '.') continue;
    const std::string_view number = part.substr(matrix.size() + 1);
    if (number.find_first_not_of("0123456789") == std::string_view::npos)
      return fmt::format("{}_exps", matrix);
  }
  return "";
}

}  // namespace

TensorName parse_tensor_name(std::string_view name) {
  TensorName parts;
  if (name.starts_with("enc.") || name.starts_with("dec.")) {
    parts.encoder = name.starts_with("enc.");
    name.remove_prefix(4);
  }
  if (name.starts_with("blk.")) {
    name.remove_prefix(4);
    parts.layer = leading_number(name);
  }
  for (const std::string_view ending : {"weight", "bias", "scale"}) {
    if (name.size() > ending.size() && name.ends_with(ending) &&
        name[name.size() - ending.size() - 1] == '.') {
      parts.ending = ending;
      name.remove_suffix(ending.size() + 1);
      break;
    }
  }
  if (name.starts_with("cross_")) name.remove_prefix(6);  // T5's attention over the encoder
  parts.part = name;
  return parts;
}

TensorRole role_of(std::string_view name, uint32_t dimensions) {
  const TensorName parts = parse_tensor_name(name);
  const bool weight = parts.ending == "weight";
  if (weight || parts.ending.empty()) {
    for (const Row& row : rows) {
      if (row.part != parts.part) continue;
      // A vector with the name of a matrix is its scale or bias.
      const bool vector = dimensions < 2 && !kept_in_f32(row.role);
      return vector ? TensorRole::bias : row.role;
    }
  }
  if (is_norm(parts.part)) return weight ? TensorRole::norm : TensorRole::bias;
  return weight && dimensions >= 2 ? TensorRole::projection : TensorRole::bias;
}

Tensor tensor_of(std::string name, const std::array<uint64_t, 4>& dimensions, FormatId format,
                 uint32_t experts_active) {
  Tensor tensor;
  uint32_t many = 0;
  for (uint32_t i = 0; i < 4; ++i)
    if (dimensions[i] > 1) many = i + 1;
  tensor.role = role_of(name, many);
  tensor.layer = parse_tensor_name(name).layer;
  tensor.cols = dimensions[0];
  tensor.rows = dimensions[1];
  tensor.format = format;
  tensor.name = std::move(name);
  const uint64_t matrices = dimensions[2] * dimensions[3];
  tensor.stored = matrices <= UINT32_MAX ? static_cast<uint32_t>(matrices) : 1;
  if (matrices > UINT32_MAX) tensor.rows *= matrices;
  const bool product = !looked_up(tensor.role) && tensor.role != TensorRole::pooler && many >= 2 &&
                       (tensor.role == TensorRole::router || !kept_in_f32(tensor.role));
  tensor.used = !product                 ? 0
                : is_expert(tensor.role) ? std::min(tensor.stored, experts_active)
                                         : tensor.stored;
  return tensor;
}

void join_experts(std::vector<Tensor>& tensors, uint32_t experts_active) {
  std::map<std::string, size_t, std::less<>> joined;  // the index of each joined tensor in `kept`
  std::vector<Tensor> kept;
  kept.reserve(tensors.size());
  for (Tensor& tensor : tensors) {
    const TensorName parts = parse_tensor_name(tensor.name);
    const std::string part = joined_part(parts.part);
    if (part.empty() || parts.layer < 0) {
      kept.push_back(std::move(tensor));
      continue;
    }
    const uint32_t dimensions = tensor.rows > 1 ? 2 : 1;
    tensor.name = fmt::format("blk.{}.{}.{}", parts.layer, part, parts.ending);
    tensor.role = role_of(tensor.name, dimensions);
    tensor.used = is_expert(tensor.role) ? std::min<uint32_t>(1, experts_active) : 0;
    const auto [place, first] = joined.emplace(tensor.name, kept.size());
    if (!first) {
      Tensor& whole = kept[place->second];
      if (whole.rows == tensor.rows && whole.cols == tensor.cols && whole.format == tensor.format) {
        ++whole.stored;
        if (is_expert(whole.role)) whole.used = std::min(whole.stored, experts_active);
        continue;
      }
    }
    kept.push_back(std::move(tensor));
  }
  tensors = std::move(kept);
}

}  // namespace weighin
