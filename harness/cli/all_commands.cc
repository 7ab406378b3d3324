#include "harness/cli/all_commands.h"

#include <array>

namespace weighin {

void add_probe(CLI::App& app, Invocation& invocation);
void add_models(CLI::App& app, Invocation& invocation);
void add_devices(CLI::App& app, Invocation& invocation);
void add_run(CLI::App& app, Invocation& invocation);
void add_run_gpu(CLI::App& app, Invocation& invocation);
void add_fit(CLI::App& app, Invocation& invocation);
void add_report(CLI::App& app, Invocation& invocation);
void add_memory(CLI::App& app, Invocation& invocation);
void add_synth(CLI::App& app, Invocation& invocation);
void add_shrink(CLI::App& app, Invocation& invocation);
void add_decode(CLI::App& app, Invocation& invocation);
void add_verify(CLI::App& app, Invocation& invocation);
void add_predict(CLI::App& app, Invocation& invocation);
void add_coverage(CLI::App& app, Invocation& invocation);
void add_accuracy(CLI::App& app, Invocation& invocation);
void add_schema(CLI::App& app, Invocation& invocation);

std::span<const Command> all_commands() {
  static constexpr auto commands = std::to_array<Command>({
      {"probe", add_probe},
      {"run", add_run},
      {"run-gpu", add_run_gpu},
      {"fit", add_fit},
      {"models", add_models},
      {"devices", add_devices},
      {"report", add_report},
      {"memory", add_memory},
      {"synth", add_synth},
      {"shrink", add_shrink},
      {"decode", add_decode},
      {"verify", add_verify},
      {"predict", add_predict},
      {"coverage", add_coverage},
      {"accuracy", add_accuracy},
      {"schema", add_schema},
  });
  return commands;
}

}  // namespace weighin
