// LoRA (arXiv 2106.09685), which trains two thin matrices beside each frozen one. It makes training fit and
// never running: a running model holds all its weights and the adapter as well.
#pragma once

#include <cstdint>

#include "models/shape/shape.h"

namespace weighin {

/// The matrices that get an adapter.
enum class LoraTarget : uint8_t {
  query_value,  // queries and values, as in the paper
  all_linear,   // every product in layers except routers and experts, as in QLoRA (arXiv 2305.14314)
};

struct LoraCost {
  uint32_t rank = 0;
  uint64_t adapter_params = 0;  // rank * (rows + cols) for each matrix with an adapter
  uint64_t adapter_bytes = 0;   // of the adapters in f16
  /// Further multiplications per token, as a share of the model's, while the adapter stays beside its matrix.
  /// There are none once it is added into the matrix.
  double extra_work = 0;
  /// Weights, gradients, two moments and a master copy: 16 bytes per parameter.
  uint64_t full_training_bytes = 0;
  uint64_t lora_training_bytes = 0;   // frozen weights in f16, and 16 bytes per parameter of the adapters
  uint64_t qlora_training_bytes = 0;  // the same with the frozen weights of layers in 4 bits with scales
};

/// The cost of LoRA for `shape` with adapters of `rank`. Training bytes do not count activations. They follow
/// ZeRO (arXiv 1910.02054): mixed precision with Adam takes 2 + 2 + 12 bytes per parameter.
LoraCost lora_cost(const ModelShape& shape, uint32_t rank, LoraTarget target);

}  // namespace weighin
