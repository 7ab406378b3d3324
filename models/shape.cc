#include "models/shape.h"

#include <algorithm>

namespace weighin {

std::string_view role_name(TensorRole role) {
  switch (role) {
    case TensorRole::token_embedding:
      return "token_embedding";
    case TensorRole::position_embedding:
      return "position_embedding";
    case TensorRole::attn_q:
      return "attn_q";
    case TensorRole::attn_k:
      return "attn_k";
    case TensorRole::attn_v:
      return "attn_v";
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
    case TensorRole::output:
      return "output";
    case TensorRole::pooler:
      return "pooler";
    case TensorRole::norm:
      return "norm";
    case TensorRole::bias:
      return "bias";
  }
  return "";
}

uint64_t parameters(const ModelShape& shape) {
  uint64_t sum = 0;
  for (const Tensor& tensor : shape.tensors) sum += tensor.rows * tensor.cols * tensor.stored;
  return sum;
}

uint64_t active_parameters(const ModelShape& shape) {
  uint64_t sum = 0;
  for (const Tensor& tensor : shape.tensors) {
    const bool expert = tensor.role == TensorRole::expert_gate || tensor.role == TensorRole::expert_up ||
                        tensor.role == TensorRole::expert_down;
    sum += tensor.rows * tensor.cols * (expert ? std::min(tensor.used, tensor.stored) : tensor.stored);
  }
  return sum;
}

}  // namespace weighin
