// How right answers are, in one line that stands beside them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "results/records/verification.h"

namespace weighin {

/// How right answers from specs are, in one line: "on published rows of unseen chips: decode
/// within 30% on 62%, median error 21%; prefill ...". Predicts the shipped rows of the split `test`, once a
/// process (50 ms).
const std::string& published_accuracy_sentence();

/// How right answers for `engine` from measurements on one device are: by its runs there, else by what is
/// shipped of the engine for kernels of `isa`.
std::string measured_accuracy_sentence(std::span<const Verification> verified, std::string_view engine,
                                       std::string_view isa);

}  // namespace weighin
