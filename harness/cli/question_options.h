// The options that say what is asked of a model, on one device or on many.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "harness/cli/options.h"
#include "results/fit/question.h"

namespace weighin {

struct QuestionOptions {
  Question question;
  std::string format, kv = "f16";
  double min_tps = 0;
};

/// Adds --format, --context, --prompt, --answer, --kv, --min-tps and --allow-low-bit. `otherwise` is the
/// default of the format, in words.
void add_question(Command command, QuestionOptions& options, const std::string& otherwise = "the best");

/// The question that was asked. Error: the format is not known, with those there are.
tl::expected<Question, std::string> question_of(const QuestionOptions& options);

}  // namespace weighin
