// The options that say what is asked of every model: the same for one device and for many.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "harness/cli/command.h"
#include "probes/devices/budgets.h"
#include "results/fit/question.h"

namespace weighin {

struct QuestionOptions {
  Question question;
  std::string format, kv = "f16", runs_as{runs_as_name(RunsAs::native)};
  double min_tps = 0;
};

/// Adds --format, --context, --prompt, --answer, --kv, --min-tps and --allow-low-bit.
void add_question(Command command, QuestionOptions& options,
                  const std::string& format_help = "A format as ggml spells it; else the best one");

/// Adds --as, which only devices known by their specs heed.
void add_runs_as(Command command, QuestionOptions& options);

/// The question that was asked. Error: the formats there are.
tl::expected<Question, std::string> question_of(const QuestionOptions& options);
RunsAs runs_as_of(const QuestionOptions& options);

}  // namespace weighin
