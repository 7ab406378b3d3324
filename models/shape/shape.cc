#include "models/shape/shape.h"

#include <algorithm>

namespace weighin {

std::string_view role_name(TensorRole role) {
  switch (role) {
    case TensorRole::token_embedding:
      return "token_embedding";
    case TensorRole::position_embedding:
      return "position_embedding";
    case TensorRole::per_layer_embedding:
      return "per_layer_embedding";
    case TensorRole::attn_q:
      return "attn_q";
    case TensorRole::attn_k:
      return "attn_k";
    case TensorRole::attn_v:
      return "attn_v";
    case TensorRole::attn_qkv:
      return "attn_qkv";
    case TensorRole::attn_kv_b:
      return "attn_kv_b";
    case TensorRole::attn_output:
      return "attn_output";
    case TensorRole::ffn_gate:
      return "ffn_gate";
    case TensorRole::ffn_up:
      return "ffn_up";
    case TensorRole::ffn_down:
      return "ffn_down";
    case TensorRole::router:
      return "router";
    case TensorRole::expert_gate:
      return "expert_gate";
    case TensorRole::expert_up:
      return "expert_up";
    case TensorRole::expert_down:
      return "expert_down";
    case TensorRole::projection:
      return "projection";
    case TensorRole::output:
      return "output";
    case TensorRole::pooler:
      return "pooler";
    case TensorRole::convolution:
      return "convolution";
    case TensorRole::table:
      return "table";
    case TensorRole::norm:
      return "norm";
    case TensorRole::bias:
      return "bias";
  }
  return "";
}

std::string_view checked_name(Checked checked) {
  switch (checked) {
    case Checked::read:
      return "read";
    case Checked::recomputed:
      return "recomputed";
    case Checked::recalled:
      return "recalled";
  }
  return "";
}

bool kept_in_f32(TensorRole role) {
  return role == TensorRole::norm || role == TensorRole::bias || role == TensorRole::router ||
         role == TensorRole::convolution || role == TensorRole::table ||
         role == TensorRole::position_embedding;
}

bool looked_up(TensorRole role) {
  return role == TensorRole::token_embedding || role == TensorRole::position_embedding ||
         role == TensorRole::per_layer_embedding;
}

bool is_expert(TensorRole role) {
  return role == TensorRole::expert_gate || role == TensorRole::expert_up || role == TensorRole::expert_down;
}

bool is_gated(Activation activation) {
  return activation == Activation::swiglu || activation == Activation::geglu;
}

uint32_t head_dim_of(const Architecture& architecture, const Layer& layer) {
  return layer.head_dim ? layer.head_dim : architecture.head_dim;
}

uint64_t stored_values(const Tensor& tensor) {
  return tensor.rows * tensor.cols * tensor.stored;
}

uint64_t stored_bytes(const Tensor& tensor, FormatId format) {
  return row_bytes(format, tensor.cols) * tensor.rows * tensor.stored;
}

uint64_t parameters(const ModelShape& shape) {
  uint64_t sum = 0;
  for (const auto* tensors : {&shape.tensors, &shape.vision_tensors})
    for (const Tensor& tensor : *tensors)
      if (tensor.role != TensorRole::table) sum += stored_values(tensor);
  return sum;
}

uint64_t active_parameters(const ModelShape& shape) {
  uint64_t sum = 0;
  for (const Tensor& tensor : shape.tensors) {
    if (tensor.role == TensorRole::table) continue;
    sum += tensor.rows * tensor.cols *
           (is_expert(tensor.role) ? std::min(tensor.used, tensor.stored) : tensor.stored);
  }
  return sum;
}

}  // namespace weighin
