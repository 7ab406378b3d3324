// A verdict in the report's words.
#pragma once

#include <optional>
#include <string>

#include "results/fit/verdict.h"

namespace weighin {

/// The speed that a model is judged by: tokens/s of a chat model, milliseconds a text of an encoder, seconds
/// of audio a second of a speech model. Empty if it is not known.
std::optional<Interval> judged_speed(const Verdict& verdict);

/// The unit of judged_speed(): "tokens/s", "ms a text" or "s of audio/s".
std::string speed_unit(const Verdict& verdict);

/// judged_speed() in words: "12 tokens/s". Empty if it is not known.
std::string speed_words(const Verdict& verdict);

/// The answer in words, with "borderline" added where it is. An answer that is unknown because nothing was
/// measured is "not measured".
std::string answer_words(const Verdict& verdict);

/// The class that the style sheet has for the answer: "well", "runs", "slow", "no" or "unknown".
std::string answer_class(const Verdict& verdict);

}  // namespace weighin
