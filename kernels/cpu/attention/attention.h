// Attention over a KV cache: of one decoded token, and of a prompt's tokens over each other.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// The kernels cpu.attention.CACHE.ISA and cpu.prefill_attention.CACHE.ISA, for caches of f16 and q8_0. The
/// cache lies in the weight pool's buffer of its format, a slab [tokens][k] for the keys and one for the
/// values of each KV head, and each run reads other slabs.
std::vector<Kernel> attention_kernels();

}  // namespace weighin
