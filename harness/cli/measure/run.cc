#include "harness/cli/measure/run.h"

#include <fmt/format.h>

#include <memory>
#include <regex>

#include "harness/cli/measure/measuring.h"
#include "harness/cli/shared_options.h"
#include "harness/gpu/session.h"
#include "harness/run/measure_gpus.h"
#include "harness/timing/benchmark_list.h"
#include "kernels/table/all_kernels.h"
#include "kernels/vulkan/device/gpu.h"
#include "probes/all_probes.h"

namespace weighin {
namespace {

/// The budget of --full, which has about ten times as many problems.
constexpr double full_budget_s = 1800;

struct RunOptions {
  SessionOptions session;
  EngineOptions engine;
  std::vector<std::string> flags;
  bool list = false;
};

/// Prints the plan of a GPU with the kernels that it could run, as far as the probe knows it.
void list_gpu(const VulkanDevice& gpu, const SessionOptions& session) {
  const auto multiplies_halves = [](const std::string& shape) { return shape.ends_with(" f16 x f16 + f32"); };
  GpuFacts facts{.id = gpu.id,
                 .name = gpu.name,
                 .driver = gpu.driver,
                 .driver_version = gpu.driver_version,
                 .software = gpu.software,
                 .subgroup_size = gpu.subgroup_size,
                 .subgroup_arithmetic = true,
                 .float16 = gpu.float16,
                 .integer_dot = gpu.integer_dot};
  facts.matrix_units.m =
      std::any_of(gpu.cooperative_matrices.begin(), gpu.cooperative_matrices.end(), multiplies_halves);
  GpuJob job = job_for(gpu, session.budget_s, {});
  job.full = session.full;
  const std::regex only(session.only, std::regex::ECMAScript | std::regex::icase);
  for (const PlanItem& item : gpu_plan(job)) {
    const std::string line = describe_item(item, gpu_kernels_for(item.problem, facts));
    if (session.only.empty() || is_bound(item.problem.op) || std::regex_search(line, only))
      fmt::print("{}: {}\n", gpu.name, line);
  }
}

void carry_out(const RunOptions& options, Invocation& invocation) {
  SessionOptions session = options.session;
  const auto flags = take_benchmark_flags(options.flags);
  if (!flags) return fail(invocation, flags.error());
  session.flags = *flags;
  const Machine machine = probe_machine(invocation.host);
  if (!options.list && !session.flags.list) {
    measure_machine(invocation, machine, session, options.engine);
    return;
  }
  const auto items = session_plan(machine, session);
  if (!items) return fail(invocation, items.error());
  if (session.flags.list) return list_benchmarks(*items, kernels_here(), session.flags);
  for (const PlanItem& item : *items)
    fmt::print("{}\n", describe_item(item, kernels_for(item.problem, this_cpu())));
  for (const VulkanDevice* gpu : gpus_to_measure(machine, session)) list_gpu(*gpu, session);
}

}  // namespace

Command add_run(Command program, Invocation& invocation) {
  auto options = std::make_shared<RunOptions>();
  const Command command = program.subcommand("run", "Measure this machine on all cores and keep the results");
  command.footer(
      "Bounds are measured first (read bandwidth, peak arithmetic), then decode and prefill of every size\n"
      "class in six formats, then every class in every format once, then more samples where the interval is\n"
      "wide, until the budget ends. What was not reached is told by class, and --resume goes on with it.\n"
      "Flags of Google Benchmark follow --: weighin run --only gemv -- --benchmark_out=gemv.json");
  const Option budget = add_session_options(command, options->session);
  command
      .option("--only", &options->session.only,
              "Measure only problems that match this regular expression (see --list); bounds always")
      .type_name("REGEX");
  command
      .option("--threads", &options->session.threads,
              "Measure with one thread, with N, and with counts between; default: all")
      .positive();
  command.flag("--list", &options->list, "List the problems and measure nothing");
  command.flag("--resume", &options->session.resume, "Go on with the last run if it was left before its end");
  command.flag("--full", &options->session.full,
               "Also measure other batches and depths, q8_0 caches and whole matrices; budget 30m");
  command.flag("--allocate", &options->session.allocate,
               "Also find out how much of each GPU's memory can really be had, by taking and writing it");
  command.flag("--force-software", &options->session.force_software,
               "Also measure software Vulkan devices (llvmpipe), for tests; they are never offered as GPUs");
  add_engine_options(command, options->engine);
  command.option("FLAGS", &options->flags, "Flags of Google Benchmark, after --");
  add_database(command, invocation);
  command.action([options, budget, &invocation] {
    if (options->session.full && !budget.given()) options->session.budget_s = full_budget_s;
    carry_out(*options, invocation);
  });
  return command;
}

}  // namespace weighin
