#include "harness/cli/measure/onnx_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "harness/cli/measure/interrupt.h"
#include "harness/cli/measure/progress.h"
#include "harness/engines/onnx/session.h"
#include "results/store/store.h"

namespace weighin {
namespace {

/// ONNX Runtime's share of time beside the reference kernels': 45 s beside 90. The operations of BERT-like
/// encoders of 384 and 768 values in three formats take about 30 s on two cores of 2023.
constexpr double share_of_budget = 45.0 / 90.0;

std::string summary(const OnnxOutcome& outcome) {
  if (outcome.engine.empty())
    return fmt::format("ONNX Runtime was not measured: {}\n",
                       outcome.failure.empty() ? "it said nothing" : outcome.failure);
  std::string text = fmt::format("{}: {} of its operations measured", outcome.engine, outcome.measured);
  if (outcome.skipped) text += fmt::format(", {} skipped as the budget ended", outcome.skipped);
  if (outcome.failed) text += fmt::format(", {} failed", outcome.failed);
  if (outcome.wrong) text += fmt::format(", {} wrong", outcome.wrong);
  if (!outcome.failure.empty()) text += "; " + outcome.failure;
  return text + "\n";
}

}  // namespace

bool measure_onnx_kernels(Invocation& invocation, const Machine& machine, const SessionOptions& session,
                          int64_t run, const EngineOptions& options) {
  const auto script = onnx_script(invocation.host);
  if (!script) {
    if (options.libraries != onnxruntime_word) return true;
    fail(invocation, script.error());
    return false;
  }
  auto store = Store::open(invocation.database, Access::write);
  const auto already =
      store ? store->measurements_of_run(run, KernelsOf::engines) : tl::unexpected(store.error());
  if (!already) {
    fail(invocation, already.error());
    return false;
  }
  const uint32_t usable = std::max(1U, machine.topology.usable_threads.value.value_or(1));
  const OnnxSettings settings{
      .script = *script,
      .threads = session.threads ? std::min(session.threads, usable) : usable,
      .budget_s = options.budget_s > 0 ? options.budget_s : share_of_budget * session.budget_s,
      .only = session.only};
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = [&] {
    ProgressLine line;
    const OnnxHooks hooks{.stop = interrupted,
                          .record = [&](const Measurement& measured) -> tl::expected<void, std::string> {
                            Measurement row = measured;
                            row.run = run;
                            row.device = machine.id;
                            if (auto kept = store->record(row); !kept) return tl::unexpected(kept.error());
                            return {};
                          },
                          .progress =
                              [&](size_t done, size_t items) {
                                const std::chrono::duration<double> passed =
                                    std::chrono::steady_clock::now() - begin;
                                line.show({.done = done,
                                           .items = items,
                                           .elapsed_s = passed.count(),
                                           .left_s = std::max(0.0, settings.budget_s - passed.count()),
                                           .what = "ONNX Runtime's operations"});
                              }};
    return measure_onnx_runtime(invocation.host, settings, *already, hooks);
  }();
  if (!outcome) {
    fail(invocation, outcome.error());
    return false;
  }
  fmt::print(stderr, "{}", summary(*outcome));
  return true;
}

}  // namespace weighin
