// The epsilon of normalizations, the same on the CPU and on GPUs.
#pragma once

namespace weighin {

/// It is added to the mean square, under the root. 1e-5 is what the configurations of LLaMA and of models
/// like BERT have.
inline constexpr float norm_epsilon = 1e-5F;

}  // namespace weighin
