// What norms add, on the CPU and on GPUs alike.
#pragma once

namespace weighin {

/// To the mean square, under the root: 1e-5, as LLaMA's and BERT-like models' configurations have it.
inline constexpr float norm_epsilon = 1e-5F;

}  // namespace weighin
