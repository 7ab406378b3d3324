#include "models/shrink/lora.h"

#include <algorithm>

#include "models/shrink/sparsity.h"

namespace weighin {
namespace {

constexpr uint64_t f16_bytes = 2;
/// Weights and gradients in f16, a master copy and two moments in f32 (ZeRO, arXiv 1910.02054, section 3.1).
constexpr uint64_t adam_bytes = 2 + 2 + 4 + 4 + 4;
/// Bits per weight of NF4 with double quantization (QLoRA, arXiv 2305.14314): 4 bits, an 8-bit scale for 64
/// values, and a 32-bit scale for 256 of these scales.
constexpr double nf4_bits = 4 + 8.0 / 64 + 32.0 / (64 * 256);

bool targeted(const Tensor& tensor, LoraTarget target) {
  if (tensor.role == TensorRole::attn_q || tensor.role == TensorRole::attn_v ||
      tensor.role == TensorRole::attn_qkv)
    return true;
  return target == LoraTarget::all_linear && made_sparse(tensor) && !is_expert(tensor.role);
}

}  // namespace

LoraCost lora_cost(const ModelShape& shape, uint32_t rank, LoraTarget target) {
  LoraCost cost;
  cost.rank = rank;
  uint64_t work = 0, frozen_in_layers = 0;
  uint64_t extra = 0;
  for (const Tensor& tensor : shape.tensors) {
    work += tensor.rows * tensor.cols * tensor.used;
    if (made_sparse(tensor)) frozen_in_layers += stored_values(tensor);
    if (!targeted(tensor, target)) continue;
    cost.adapter_params += uint64_t{rank} * (tensor.rows + tensor.cols) * tensor.stored;
    extra += uint64_t{rank} * (tensor.rows + tensor.cols) * tensor.used;
  }
  const uint64_t params = parameters(shape);
  cost.adapter_bytes = cost.adapter_params * f16_bytes;
  cost.extra_work = work ? static_cast<double>(extra) / static_cast<double>(work) : 0;
  cost.full_training_bytes = params * adam_bytes;
  cost.lora_training_bytes = params * f16_bytes + cost.adapter_params * adam_bytes;
  cost.qlora_training_bytes = static_cast<uint64_t>(static_cast<double>(frozen_in_layers) * nf4_bits / 8) +
                              (params - std::min(params, frozen_in_layers)) * f16_bytes +
                              cost.adapter_params * adam_bytes;
  return cost;
}

}  // namespace weighin
