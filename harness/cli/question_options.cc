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
  command.option("--kv", &options.kv, "The format of the KV cache, in memory and in speed")
      .one_of({"f16", "q8_0"})
      .show_default();
  command.option("--min-tps", &options.min_tps, "Tokens/s that a model must reach to run").check(not_a_speed);
  command.flag("--allow-low-bit", &question.allow_low_bit,
               "Also consider formats of fewer than 4 bits a weight");
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

}  // namespace weighin
