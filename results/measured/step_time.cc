#include "results/measured/step_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace weighin {
namespace {

/// Says which operation was not measured, and the reason where a measurement that failed or was skipped
/// has one.
std::string never_measured(const Problem& problem, std::span<const Measurement* const> measurements) {
  std::string text(op_name(problem.op));
  if (problem.format != FormatId::none) text += fmt::format(" {}", format_of(problem.format).name);
  text += " was not measured";
  for (const Measurement* m : measurements) {
    if (m->problem.op != problem.op || m->problem.format != problem.format || m->status == Status::measured)
      continue;
    text += fmt::format(" ({}{}{})", status_name(m->status), m->reason.empty() ? "" : ": ", m->reason);
    break;
  }
  return text;
}

/// Whether the activations need no rounding here, because the products take floats: bf16 on a CPU without
/// a bf16 dot product.
bool needless(const Problem& problem, std::span<const Measurement* const> measurements) {
  return problem.op == Op::quantize &&
         std::any_of(measurements.begin(), measurements.end(), [&](const Measurement* m) {
           return m->problem.op == Op::quantize && m->problem.format == problem.format &&
                  m->status == Status::unsupported;
         });
}

/// The same on a GPU, where products take integers or floats, whichever is faster there. No rounding is
/// needed where none of the measured products with such inputs took integers.
bool needless_on_gpu(const Problem& problem, std::span<const Measurement* const> measurements) {
  const Op product = problem.n > 1 ? Op::gemm : Op::gemv;
  bool any = false, integers = false;
  for (const Measurement* m : measurements) {
    if (!usable(*m) || m->problem.op != product) continue;
    if (rounded_for(product, m->problem.format) != problem.format) continue;
    any = true;
    integers |= m->kernel.ends_with(".int8");
  }
  return problem.op == Op::quantize && any && !integers;
}

/// Products of experts as one operation a layer where such operations were measured with so many threads,
/// else one by one. Where neither was measured with so many, both are scaled from another count.
ProblemUse as_measured(const ProblemUse& use, const OperationCosts& operations) {
  if (!use.of_all_experts) return use;
  const auto together = operations.of(*use.of_all_experts);
  if (!together) return use;
  const auto one = together->from_threads ? operations.of(use.problem) : std::nullopt;
  return one && !one->from_threads ? use : with_all_experts(use);
}

void add_part(std::vector<StepPartTime>& parts, const ProblemUse& use, double seconds, double peak_s) {
  const PartKind kind = part_kind(use.problem.op);
  const FormatId format = part_format(use.problem);
  auto part = std::find_if(parts.begin(), parts.end(),
                           [&](const StepPartTime& p) { return p.kind == kind && p.format == format; });
  if (part == parts.end()) part = parts.insert(parts.end(), {kind, format, 0, 0, 0});
  part->operations += use.times;
  part->seconds += seconds * use.times;
  part->peak_s += peak_s * use.times;
}

tl::expected<StepTime, std::string> time_at(const std::vector<ProblemUse>& step, Phase phase,
                                            const CostModel& costs, uint32_t threads,
                                            std::string_view engine) {
  const OperationCosts& operations = costs.operation_costs(threads);
  const EngineEfficiency& efficiency = costs.efficiency(engine, threads);
  StepTime time;
  time.threads = threads;
  const Phase by = phase == Phase::decode ? Phase::decode : Phase::prefill;
  time.efficiency = efficiency.basis();
  time.efficiency_source = efficiency.source();
  const double peak = costs.int8_peak(threads);
  double slower_squares = 0, faster_squares = 0, stand_in_s = 0;
  for (const ProblemUse& listed : step) {
    const ProblemUse use = as_measured(listed, operations);
    const Op op = use.problem.op;
    const bool floats = costs.on_gpu() && needless_on_gpu(use.problem, costs.measurements());
    const std::optional<OperationCost> cost = floats ? std::nullopt : operations.of(use.problem);
    if (!cost && (is_product(op) || is_attention(op)))
      return tl::unexpected(never_measured(use.problem, costs.measurements()));
    Term term{.phase = phase, .part = use.part, .problem = use.problem, .times = use.times, .note = ""};
    const double peak_s = peak > 0 && is_product(op) ? cost_of(use.problem).operations / peak : 0;
    add_part(time.parts, use, cost ? cost->seconds : 0, peak_s);
    term.engine_overhead_s = efficiency.overhead_s(by) * use.times;
    if (cost) {
      const double seconds =
          efficiency.operation_s(by, part_kind(op), part_format(use.problem), cost->seconds, peak_s);
      term.engine_factor = seconds / cost->seconds;
      term.seconds = seconds * use.times;
      term.measurement = cost->measurement;
      term.note = cost->note;
      slower_squares += std::pow(cost->spread.slower * term.seconds, 2);
      faster_squares += std::pow(cost->spread.faster * term.seconds, 2);
      if (cost->stand_in) stand_in_s += term.seconds;
      if (cost->from_threads) {
        time.from_threads = cost->from_threads;
      } else {
        time.other_formats += cost->other_format;
        time.stand_ins += cost->stand_in && !cost->other_format;
      }
    } else if (floats || needless(use.problem, costs.measurements())) {
      term.note = "products take these activations as they are";
    } else {
      term.note = "never measured, counted as nothing";
      time.unpriced.emplace_back(op_name(op));
    }
    term.seconds += term.engine_overhead_s;
    time.seconds += term.seconds;
    time.terms.push_back(std::move(term));
  }
  if (time.seconds <= 0) return tl::unexpected(std::string("the step holds nothing that was measured"));
  const double stand_in = stand_in_error * stand_in_s / time.seconds;
  double whole = engine == reference_engine ? composition_error : efficiency.residual(by);
  // An engine that was never timed beside these kernels may differ from them. This comes in addition to
  // the error of adding up.
  if (efficiency.basis() == EfficiencyBasis::unmeasured) whole = std::hypot(whole, composition_error);
  const auto together = [&](double spread_squares) {
    return std::sqrt(spread_squares / (time.seconds * time.seconds) + stand_in * stand_in + whole * whole);
  };
  time.slower = together(slower_squares);
  time.faster = together(faster_squares);
  return time;
}

}  // namespace

Interval seconds_of(const StepTime& time) {
  return {time.seconds / (1 + time.faster), time.seconds, time.seconds * (1 + time.slower)};
}

Interval rate_of(double count, const StepTime& time) {
  const Interval seconds = seconds_of(time);
  return {count / seconds.high, count / seconds.mid, count / seconds.low};
}

tl::expected<StepTime, std::string> time_of(const std::vector<ProblemUse>& step, Phase phase,
                                            const CostModel& costs, const EngineRun& run) {
  const std::vector<uint32_t>& thread_counts = costs.thread_counts();
  if (thread_counts.empty()) return tl::unexpected(std::string("no matrix product was measured"));
  tl::expected<StepTime, std::string> best = tl::unexpected(std::string());
  if (run.threads) {
    if (std::find(thread_counts.begin(), thread_counts.end(), run.threads) == thread_counts.end())
      return tl::unexpected(fmt::format("no matrix product was measured at {} threads", run.threads));
    return time_at(step, phase, costs, run.threads, run.engine);
  }
  for (const uint32_t threads : thread_counts) {
    auto time = time_at(step, phase, costs, threads, run.engine);
    if (!best || (time && time->seconds < best->seconds)) best = std::move(time);
  }
  return best;
}

}  // namespace weighin
