// A verdict in the report's words.
#pragma once

#include <string>

#include "results/fit/verdict.h"

namespace weighin {

/// The speed that a model is judged by: tokens/s, or milliseconds for an encoder. Empty if it is not known.
std::string speed_words(const Verdict& verdict);

/// The answer in words, with "borderline" added where it is. An answer that is unknown because nothing was
/// measured is "not measured".
std::string answer_words(const Verdict& verdict);

/// The class that the style sheet has for the answer: "well", "runs", "slow", "no" or "unknown".
std::string answer_class(const Verdict& verdict);

}  // namespace weighin
