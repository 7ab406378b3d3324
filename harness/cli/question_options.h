// The options that say what is asked of every model: the same for one device and for many.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "harness/cli/options.h"
#include "probes/devices/budgets.h"
#include "results/fit/question.h"

namespace weighin {

struct QuestionOptions {
  Question question;
  std::string format, kv = "f16", runs_as{runs_as_name(RunsAs::native)};
  double min_tps = 0;
};

/// Adds --format, --context, --prompt, --answer, --kv, --min-tps and --allow-low-bit. `otherwise` is what the
/// format is where it is not given.
void add_question(Command command, QuestionOptions& options,
                  const std::string& otherwise = "the best one that fits");

/// Adds --as, which matters on devices that are known by their specs alone.
void add_runs_as(Command command, QuestionOptions& options);

/// The question that was asked. Error: the formats there are.
tl::expected<Question, std::string> question_of(const QuestionOptions& options);
RunsAs runs_as_of(const QuestionOptions& options);

}  // namespace weighin
