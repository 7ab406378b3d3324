// Attention over an f16 KV cache: of one decoded token, and of a prompt's tokens over each other.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// cpu.attention.f16.<isa> and cpu.prefill_attention.f16.<isa>. The cache lies in the weight pool's f16
/// buffer, a slab [tokens][k] for each KV head's keys and values, and each run reads other slabs.
std::vector<Kernel> attention_kernels();

}  // namespace weighin
