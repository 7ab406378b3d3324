// LoRA (arXiv 2106.09685): what it is for. It trains two thin matrices beside a frozen one; it makes training
// fit, never running: a running model holds all its weights, and the adapter besides.
#pragma once

#include <cstdint>

#include "models/shape/shape.h"

namespace weighin {

/// The matrices that get an adapter.
enum class LoraTarget : uint8_t {
  query_value,  // as in the paper
  all_linear,   // every product in layers but routers and experts (as in QLoRA, arXiv 2305.14314)
};

struct LoraCost {
  uint32_t rank = 0;
  uint64_t adapter_params = 0;  // rank * (rows + cols) for each matrix
  uint64_t adapter_bytes = 0;   // f16
  /// Multiplications a token more while the adapter stays beside its matrix, as a share of the model's. None
  /// once it is added into the matrix.
  double extra_work = 0;
  uint64_t full_training_bytes = 0;   // weights, gradients, two moments and a master copy: 16 a parameter
  uint64_t lora_training_bytes = 0;   // frozen weights in f16, and 16 for each of the adapter's
  uint64_t qlora_training_bytes = 0;  // frozen weights of layers in 4 bits and their scales
};

/// Of `shape` at `rank`. Training bytes are without activations, by ZeRO's arithmetic (arXiv 1910.02054,
/// mixed precision with Adam: 2 + 2 + 12 bytes a parameter).
LoraCost lora_cost(const ModelShape& shape, uint32_t rank, LoraTarget target);

}  // namespace weighin
