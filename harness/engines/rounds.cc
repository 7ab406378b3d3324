#include "harness/engines/rounds.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/engines/served_run.h"
#include "harness/plan/slabs.h"
#include "harness/run/session.h"
#include "harness/timing/statistics.h"
#include "results/measured/engine_step_time.h"
#include "results/measured/predict.h"
#include "results/store/store.h"

namespace weighin {
namespace {

/// More prompts than a round of tests sends, so that those of two rounds have different numbers.
constexpr uint32_t prompts_of_a_round = 10'000;

/// Measures what the steps hold, as slabs, and keeps it: a run like any other.
tl::expected<void, std::string> measure_beside(const Host& host, const Machine& machine,
                                               const std::vector<std::vector<ProblemUse>>& steps,
                                               const VerifySettings& settings) {
  constexpr uint64_t working_set = 256ull << 20;  // slabs are cut as a run of the whole plan cuts them
  std::vector<PlanItem> items{{{.op = Op::barrier}, settings.threads, {}},
                              {{.op = Op::peak_int8, .m = peak_operations}, settings.threads, {}}};
  for (const auto& step : steps) {
    for (const ProblemUse& use : step) {
      const Problem& problem = use.of_all_experts ? *use.of_all_experts : use.problem;
      PlanItem item{slab_of(problem, settings.threads, working_set), settings.threads, {}};
      const bool known = std::any_of(items.begin(), items.end(),
                                     [&](const PlanItem& other) { return other.problem == item.problem; });
      if (!known) items.push_back(std::move(item));
    }
  }
  SessionOptions options;
  options.budget_s = settings.measure_s / settings.rounds;
  options.threads = settings.threads;
  options.made_by = "weighin verify";
  options.every_item = true;  // a step with a part that was not reached has no prediction
  options.cpu_alone = true;   // where the engine runs
  const auto result = run_session(
      host, machine, settings.database, items, options, settings.stop ? settings.stop : [] { return false; },
      [](const RunProgress&) {});
  if (!result) return tl::unexpected(result.error());
  return {};
}

const EngineTest* test_of(const EngineReport& report, Phase phase, const VerifySettings& settings) {
  const auto test = std::find_if(report.tests.begin(), report.tests.end(), [&](const EngineTest& t) {
    return phase == Phase::decode ? t.generated == settings.generated && t.prompt == 0
                                  : t.prompt == settings.prompt && t.generated == 0;
  });
  return test == report.tests.end() ? nullptr : &*test;
}

VerifiedPhase phase_result(Phase phase, const EngineTest& test, const std::vector<ProblemUse>& step,
                           const ModelShape& shape, const CostModel& costs, std::string_view engine,
                           uint32_t threads) {
  VerifiedPhase result;
  result.phase = phase;
  result.tokens = phase == Phase::decode ? test.generated : test.prompt;
  result.samples = test.tps;
  result.tps = median(test.tps);
  if (step.empty()) return result;
  const auto time = engine_time_of(step, shape, phase == Phase::decode ? 1 : result.tokens, phase, costs,
                                   {engine, threads});
  if (!time) return result;
  result.predicted = rate_of(phase == Phase::decode ? 1 : result.tokens, *time);
  result.parts = time->parts;
  return result;
}

/// The efficiency that an engine's prediction stands on. Ollama and LM Studio run llama.cpp's kernels.
std::string_view efficiency_of(const EngineReport& report) {
  for (const std::string_view name : {"llama.cpp", "Ollama", "LM Studio"})
    if (report.engine == name) return llamacpp_engine;
  return reference_engine;
}

/// Whether the model lies in the machine's memory alone. An engine that does not say is taken to use a GPU
/// where there is one.
bool runs_on_cpu(const EngineReport& report, const Machine& machine) {
  if (report.gpu_share) return *report.gpu_share <= 0;
  return !has_gpu(machine);
}

/// The engine's rate over the reference kernels', but for a factor that all rounds share.
double share_of(const VerifiedPhase& round) {
  double seconds = 0;
  for (const StepPartTime& part : round.parts) seconds += part.seconds;
  return seconds > 0 ? round.tps * seconds : round.tps;
}

}  // namespace

bool has_gpu(const Machine& machine) {
  if (!machine.gpus_without_vulkan.empty()) return true;
  const auto& devices = machine.vulkan.value;
  return devices && std::any_of(devices->begin(), devices->end(),
                                [](const VulkanDevice& device) { return !device.software; });
}

std::vector<Phase> phases_of(const VerifySettings& settings) {
  std::vector<Phase> phases;
  if (settings.generated) phases.push_back(Phase::decode);
  if (settings.prompt) phases.push_back(Phase::prefill);
  return phases;
}

std::vector<ProblemUse> step_of(Phase phase, const ModelShape& shape, const FileFormat& format,
                                const VerifySettings& settings) {
  return phase == Phase::decode ? decode_step(shape, format, settings.depth + settings.generated / 2)
                                : prefill_step(shape, format, settings.prompt);
}

tl::expected<KnownOfDevice, std::string> known_of(const std::string& database, const std::string& device) {
  const auto store = Store::open(database, Access::read);
  if (!store) return tl::unexpected(store.error());
  auto measurements = store->measurements(device);
  if (!measurements) return tl::unexpected(measurements.error());
  auto verified = store->verifications(device);
  if (!verified) return tl::unexpected(verified.error());
  auto of_engines = store->measurements(device, KernelsOf::engines);
  if (!of_engines) return tl::unexpected(of_engines.error());
  return KnownOfDevice{std::move(*measurements), std::move(*verified), std::move(*of_engines)};
}

VerifiedPhase middle_round(std::vector<VerifiedPhase> rounds) {
  std::vector<double> samples;
  for (const VerifiedPhase& round : rounds)
    samples.insert(samples.end(), round.samples.begin(), round.samples.end());
  const auto middle = rounds.begin() + static_cast<ptrdiff_t>((rounds.size() - 1) / 2);
  std::nth_element(rounds.begin(), middle, rounds.end(),
                   [](const VerifiedPhase& a, const VerifiedPhase& b) { return share_of(a) < share_of(b); });
  middle->samples = std::move(samples);
  return std::move(*middle);
}

tl::expected<Rounds, std::string> run_rounds(const Host& host, const Machine& machine,
                                             const ModelShape& shape, const FileFormat& format,
                                             const VerifySettings& settings, const EngineRequest& request) {
  const std::vector<Phase> phases = phases_of(settings);
  std::vector<std::vector<ProblemUse>> steps;
  for (const Phase phase : phases) steps.push_back(step_of(phase, shape, format, settings));
  const auto doing = [&](const std::string& what) {
    if (settings.progress) settings.progress(what);
  };
  const uint32_t count = settings.measure_s > 0 ? settings.rounds : 1;
  std::vector<std::vector<VerifiedPhase>> of_phase(phases.size());
  Rounds rounds;
  for (uint32_t round = 0; round < count; ++round) {
    const std::string number = count > 1 ? fmt::format("round {} of {}: ", round + 1, count) : "";
    // A stop that came before the engine runs: run_process() would not see it.
    if (settings.stop && settings.stop()) return tl::unexpected(std::string("verify was stopped"));
    doing(fmt::format("{}running {}", number,
                      request.served ? request.served->engine->word : std::string_view(request.command)));
    EngineRequest asked = request;
    asked.first_prompt += round * prompts_of_a_round;
    const auto report = request.served ? run_served(*request.served, asked) : run_engine(host, request);
    if (!report) return tl::unexpected(report.error());
    if (round == 0) rounds.report = *report;
    rounds.report.peak_resident_bytes =
        std::max(rounds.report.peak_resident_bytes, report->peak_resident_bytes);
    if (settings.measure_s > 0) {
      doing(number + "measuring weighin's own kernels beside it");
      if (const auto measured = measure_beside(host, machine, steps, settings); !measured)
        return tl::unexpected(measured.error());
    }
    const auto now = known_of(settings.database, machine.id);
    if (!now) return tl::unexpected(now.error());
    const CostModel costs(now->measurements, now->verified, now->of_engines);
    rounds.isa = isa_of(now->measurements);
    const std::string_view engine = efficiency_of(*report);
    const uint32_t threads = report->threads ? report->threads : settings.threads;
    for (size_t i = 0; i < phases.size(); ++i) {
      const EngineTest* test = test_of(*report, phases[i], settings);
      if (!test)
        return tl::unexpected(
            fmt::format("the engine ({}) printed no test of {} {}", request.command,
                        phases[i] == Phase::decode ? settings.generated : settings.prompt,
                        phases[i] == Phase::decode ? "generated tokens" : "tokens of a prompt"));
      // The CPU's cost model says nothing of a model that lies on a GPU, in part or as a whole.
      const std::vector<ProblemUse> step =
          runs_on_cpu(*report, machine) ? steps[i] : std::vector<ProblemUse>();
      of_phase[i].push_back(phase_result(phases[i], *test, step, shape, costs, engine, threads));
    }
  }
  for (auto& results : of_phase) rounds.phases.push_back(middle_round(std::move(results)));
  return rounds;
}

}  // namespace weighin
