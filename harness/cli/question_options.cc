#include "harness/cli/question_options.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "harness/cli/named_format.h"
#include "harness/cli/shared_options.h"

namespace weighin {
namespace {

std::string not_a_speed(const std::string& text) {
  char* end = nullptr;
  const double speed = std::strtod(text.c_str(), &end);
  if (!text.empty() && *end == 0 && std::isfinite(speed) && speed > 0) return "";
  return fmt::format("\"{}\" is no speed above 0 in tokens/s", text);
}

}  // namespace

void add_question(Command command, QuestionOptions& options, const std::string& otherwise) {
  Question& question = options.question;
  add_format(command, options.format, otherwise);
  add_context(command, question.context);
  command.option("--prompt", &question.prompt, "Tokens of the prompt")
      .type_name("TOKENS")
      .check(not_tokens)
      .show_default();
  command.option("--answer", &question.answer, "Tokens of the answer")
      .type_name("TOKENS")
      .check(not_tokens)
      .show_default();
  command.option("--kv", &options.kv, "The format of the KV cache, by which its memory and its speed go")
      .one_of({"f16", "q8_0"})
      .show_default();
  command.option("--min-tps", &options.min_tps, "Tokens/s that a model must reach to run").check(not_a_speed);
  command.flag("--allow-low-bit", &question.allow_low_bit, "Allow formats of fewer than 4 bits");
}

void add_runs_as(Command command, QuestionOptions& options) {
  std::vector<std::string> kinds;
  for (const RunsAs kind : all_runs_as) kinds.emplace_back(runs_as_name(kind));
  command
      .option("--as", &options.runs_as,
              "What runs the model on a device of the catalogue or a described one, which limits its memory")
      .one_of(kinds)
      .show_default();
}

tl::expected<Question, std::string> question_of(const QuestionOptions& options) {
  Question question = options.question;
  question.cache = find_format(options.kv)->id;
  if (options.min_tps > 0) question.min_tps = options.min_tps;
  if (options.format.empty()) return question;
  const auto format = format_called(options.format);
  if (!format) return tl::unexpected(format.error());
  question.format = (*format)->id;
  return question;
}

RunsAs runs_as_of(const QuestionOptions& options) {
  for (const RunsAs kind : all_runs_as)
    if (runs_as_name(kind) == options.runs_as) return kind;
  return RunsAs::native;
}

}  // namespace weighin
