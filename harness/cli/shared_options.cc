#include "harness/cli/shared_options.h"

#include <fmt/format.h>

#include <charconv>

namespace weighin {

void add_database(Command command, Invocation& invocation) {
  command
      .option("--db", &invocation.database,
              "The database of measurements; else weighin.db in the XDG data folder")
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
      .option("--format", &format,
              "The format of the weights, as ggml spells it (weighin models show MODEL); else " + otherwise)
      .type_name("FORMAT");
}

void add_context(Command command, uint32_t& context) {
  command
      .option("--context", &context,
              "Tokens of context; else 4096, or the model's maximum where that is less")
      .type_name("TOKENS")
      .check(not_tokens);
}

Option add_device(Command command, std::string& device) {
  return command
      .option("--device", &device,
              "A measured device, by label or id, or one of `weighin devices`; else this machine, now")
      .type_name("NAME");
}

std::pair<Option, Option> add_description(Command command, DeviceDescription& description) {
  const Option bandwidth = command
                               .option("--bandwidth", &description.bandwidth,
                                       "Of a described device: the bandwidth of its memory, such as 120GB/s")
                               .type_name("RATE");
  const Option memory = command
                            .option("--memory", &description.memory,
                                    "Of a described device: the size of its memory, such as 16GiB")
                            .type_name("SIZE");
  command
      .option("--tflops", &description.tflops,
              "Of a described device: the peak fp16 arithmetic, without sparsity, in TFLOPS, such as 8")
      .type_name("NUMBER");
  command
      .option("--part", &description.part,
              "Of a described device: the part that computes: cpu, gpu or npu; else gpu")
      .type_name("PART");
  return {bandwidth, memory};
}

void add_threads(Command command, uint32_t& threads) {
  command.option("--threads", &threads, "Threads that compute; else all").positive();
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
