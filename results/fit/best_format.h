// Which format a model is answered in when none is asked for.
#pragma once

#include <cstddef>
#include <span>

#include "results/fit/verdict.h"

namespace weighin {

/// Whether a format of so many nominal bits may be chosen unasked: of 4 and more; of an encoder, whose users
/// get it in f16, q8_0 or ONNX's int8, of 8 and more; with `allow_low_bit` any.
bool may_be_chosen(Task task, double bits_per_weight, bool allow_low_bit);

/// Which of one model's verdicts, one a format with the highest fidelity first, is the best: the
/// highest-fidelity one of at most 8 bits that runs well, else the fastest of at least 4 bits that fits, else
/// the smallest of at least 4 bits. `allow_low_bit` lifts the 4. Bits are nominal: q8_0's 8.5 with its scales
/// count as 8. `verdicts` is not empty.
size_t best_format(std::span<const Verdict> verdicts, bool allow_low_bit);

}  // namespace weighin
