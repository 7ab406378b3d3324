#include "harness/cli/all_commands.h"

#include <array>

namespace weighin {

void add_probe(Command program, Invocation& invocation);
void add_models(Command program, Invocation& invocation);
void add_devices(Command program, Invocation& invocation);
void add_run(Command program, Invocation& invocation);
void add_run_gpu(Command program, Invocation& invocation);
void add_fit(Command program, Invocation& invocation);
void add_report(Command program, Invocation& invocation);
void add_memory(Command program, Invocation& invocation);
void add_synth(Command program, Invocation& invocation);
void add_shrink(Command program, Invocation& invocation);
void add_decode(Command program, Invocation& invocation);
void add_verify(Command program, Invocation& invocation);
void add_predict(Command program, Invocation& invocation);
void add_coverage(Command program, Invocation& invocation);
void add_accuracy(Command program, Invocation& invocation);
void add_schema(Command program, Invocation& invocation);

std::span<const CommandRow> all_commands() {
  static constexpr auto commands = std::to_array<CommandRow>({
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
