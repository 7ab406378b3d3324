#include "harness/cli/shared_options.h"

#include <fmt/format.h>

#include <charconv>

namespace weighin {

void add_database(Command command, Invocation& invocation) {
  command
      .option("--db", &invocation.database,
              "The database of measurements; default: weighin.db in the XDG data folder")
      .type_name("FILE");
}

Option add_json(Command command, Invocation& invocation, const std::string& note) {
  return command.flag("--json", &invocation.json, "Answer as JSON" + note);
}

void add_json_and_csv(Command command, Invocation& invocation, const std::string& row) {
  const Option json = add_json(command, invocation);
  command.flag("--csv", &invocation.csv, fmt::format("Answer as CSV, one row {}; not with --json", row))
      .excludes(json);
}

void add_model(Command command, std::string& model) {
  command.option("MODEL", &model, "A model by name (weighin models list), file, folder or URL").required();
}

Option add_format(Command command, std::string& format, const std::string& otherwise) {
  return command
      .option("--format", &format, "Format of the weights (weighin models show MODEL); default: " + otherwise)
      .type_name("FORMAT");
}

void add_context(Command command, uint32_t& context) {
  command
      .option("--context", &context,
              "Tokens of context; default: 4096, or the model's maximum where that is less")
      .type_name("TOKENS")
      .check(not_tokens);
}

void add_threads(Command command, uint32_t& threads) {
  command.option("--threads", &threads, "Threads that compute; default: all").positive();
}

void add_label(Command command, std::string& label) {
  command.option("--label", &label, "What to call this machine, such as pi5-07").type_name("NAME");
}

std::string not_tokens(const std::string& text) {
  uint32_t tokens = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tokens);
  if (error == std::errc() && end == text.data() + text.size() && tokens > 0) return "";
  return fmt::format("\"{}\" is no number of tokens from 1 to {}", text, UINT32_MAX);
}

}  // namespace weighin
