#include "harness/cli/device_question.h"

#include <fmt/format.h>

#include <vector>

#include "harness/cli/size_option.h"

namespace weighin {

void add_device_question(CLI::App& command, DeviceQuestionOptions& options) {
  DeviceQuestion& question = options.question;
  command.add_option("--min-tps", question.min_tps, "Tokens/s that a device must reach")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command.add_option("--format", options.format,
                     "A format as ggml spells it; else the finest that runs on each device");
  command.add_option("--context", question.context, "Tokens of context")
      ->capture_default_str()
      ->check(CLI::Range(1u, UINT32_MAX));
  command.add_option("--max-download", options.most_download_bytes, "Largest download: 500MB")
      ->transform(as_bytes())
      ->check(CLI::PositiveNumber);
  std::vector<std::string> kinds;
  for (const RunsAs kind : all_runs_as) kinds.emplace_back(runs_as_name(kind));
  options.runs_as = runs_as_name(RunsAs::native);
  command
      .add_option("--as", options.runs_as, "What runs the model, which decides how much memory it may have")
      ->capture_default_str()
      ->check(CLI::IsMember(kinds));
  command.add_flag("--allow-low-bit", question.allow_low_bit, "Allow formats of fewer than 4 bits");
}

tl::expected<DeviceQuestion, std::string> question_of(const DeviceQuestionOptions& options) {
  DeviceQuestion question = options.question;
  if (options.most_download_bytes > 0) question.most_download_bytes = options.most_download_bytes;
  for (const RunsAs kind : all_runs_as)
    if (runs_as_name(kind) == options.runs_as) question.runs_as = kind;
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

}  // namespace weighin
