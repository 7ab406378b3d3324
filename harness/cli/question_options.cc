#include "harness/cli/question_options.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "models/format/file_format.h"

namespace weighin {
namespace {

/// Empty when `text` is a whole number of at least 1 that fits in 32 bits; else what is wrong.
std::string not_tokens(const std::string& text) {
  uint32_t tokens = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tokens);
  if (error == std::errc() && end == text.data() + text.size() && tokens > 0) return "";
  return fmt::format("\"{}\" is no number of tokens from 1 to {}", text, UINT32_MAX);
}

std::string not_a_speed(const std::string& text) {
  char* end = nullptr;
  const double speed = std::strtod(text.c_str(), &end);
  if (!text.empty() && *end == 0 && std::isfinite(speed) && speed > 0) return "";
  return fmt::format("\"{}\" is no speed above 0 in tokens/s", text);
}

}  // namespace

void add_question(Command command, QuestionOptions& options, const std::string& format_help) {
  Question& question = options.question;
  command.option("--format", &options.format, format_help);
  command.option("--context", &question.context, "Tokens of context; else min(4096, the model's maximum)")
      .check(not_tokens);
  command.option("--prompt", &question.prompt, "Tokens of the prompt").check(not_tokens).show_default();
  command.option("--answer", &question.answer, "Tokens of the answer").check(not_tokens).show_default();
  command.option("--kv", &options.kv, "Format of the KV cache, in memory and in speed")
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
              "What runs the model on a published or described device, by which it may have memory")
      .one_of(kinds)
      .show_default();
}

tl::expected<Question, std::string> question_of(const QuestionOptions& options) {
  Question question = options.question;
  question.cache = find_format(options.kv)->id;
  if (options.min_tps > 0) question.min_tps = options.min_tps;
  if (options.format.empty()) return question;
  const FileFormat* format = find_file_format(options.format);
  if (!format) {
    std::vector<std::string_view> names;
    for (const FileFormat& known : all_file_formats()) names.push_back(known.name);
    return tl::unexpected(
        fmt::format("no format is called \"{}\"; there are: {}", options.format, fmt::join(names, ", ")));
  }
  question.format = format->id;
  return question;
}

RunsAs runs_as_of(const QuestionOptions& options) {
  for (const RunsAs kind : all_runs_as)
    if (runs_as_name(kind) == options.runs_as) return kind;
  return RunsAs::native;
}

}  // namespace weighin
