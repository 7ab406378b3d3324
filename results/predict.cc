#include "results/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace weighin {
namespace {

/// "gemv q4_0", and what a measurement that came to nothing says of it.
std::string never_measured(const Problem& problem, std::span<const Measurement> measurements) {
  std::string text(op_name(problem.op));
  if (problem.format != FormatId::none) text += fmt::format(" {}", format_of(problem.format).name);
  text += " was not measured";
  for (const Measurement& m : measurements) {
    if (m.problem.op != problem.op || m.problem.format != problem.format || m.status == Status::measured)
      continue;
    text += fmt::format(" ({}{}{})", status_name(m.status), m.reason.empty() ? "" : ": ", m.reason);
    break;
  }
  return text;
}

/// Rounding that no kernel here does, because its products take floats: bf16 without a bf16 dot product.
bool needless(const Problem& problem, std::span<const Measurement> measurements) {
  return problem.op == Op::quantize &&
         std::any_of(measurements.begin(), measurements.end(), [&](const Measurement& m) {
           return m.problem.op == Op::quantize && m.problem.format == problem.format &&
                  m.status == Status::unsupported;
         });
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

tl::expected<StepTime, std::string> time_at(const std::vector<ProblemUse>& step, const std::string& phase,
                                            const Evidence& evidence, uint32_t threads,
                                            std::string_view engine) {
  const Prices& prices = evidence.prices(threads);
  const EngineEfficiency& efficiency = evidence.efficiency(engine, threads);
  StepTime time;
  time.threads = threads;
  const Phase by = phase == "decode" ? Phase::decode : Phase::prefill;
  time.efficiency = efficiency.basis();
  time.efficiency_source = efficiency.source();
  const double peak = evidence.int8_peak(threads);
  double slower_squares = 0, faster_squares = 0, stand_in_s = 0;
  for (const ProblemUse& use : step) {
    const Op op = use.problem.op;
    const std::optional<Price> price = prices.of(use.problem);
    if (!price && (is_matrix(op) || is_attention(op)))
      return tl::unexpected(never_measured(use.problem, evidence.measurements()));
    Term term{.phase = phase, .part = use.part, .problem = use.problem, .times = use.times, .note = ""};
    const double peak_s = peak > 0 && is_matrix(op) ? cost_of(use.problem).operations / peak : 0;
    add_part(time.parts, use, price ? price->seconds : 0, peak_s);
    term.engine_overhead_s = efficiency.overhead_s(by) * use.times;
    if (price) {
      const double seconds =
          efficiency.operation_s(by, part_kind(op), part_format(use.problem), price->seconds, peak_s);
      term.engine_factor = seconds / price->seconds;
      term.seconds = seconds * use.times;
      term.measurement = price->measurement;
      term.note = price->note;
      slower_squares += std::pow(price->spread.slower * term.seconds, 2);
      faster_squares += std::pow(price->spread.faster * term.seconds, 2);
      if (price->stand_in) stand_in_s += term.seconds;
      if (price->from_threads) {
        time.from_threads = price->from_threads;
      } else {
        time.stand_ins += price->stand_in;
      }
    } else if (needless(use.problem, evidence.measurements())) {
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
  const double whole = engine == reference_engine ? composition_error : efficiency.residual(by);
  const auto together = [&](double spread_squares) {
    return std::sqrt(spread_squares / (time.seconds * time.seconds) + stand_in * stand_in + whole * whole);
  };
  time.slower = together(slower_squares);
  time.faster = together(faster_squares);
  return time;
}

/// The seconds of a step as an interval: ratios, so that it stays positive.
Interval seconds_of(const StepTime& time) {
  return {time.seconds / (1 + time.faster), time.seconds, time.seconds * (1 + time.slower)};
}

void add_basis(std::string& basis, const std::string& phase, const StepTime& time) {
  if (!basis.empty()) basis += "; ";
  basis += fmt::format("{}: measured at {} thread{}", phase, time.threads, time.threads == 1 ? "" : "s");
  if (time.from_threads)
    basis += fmt::format(", scaled from {} as the products measured at both", time.from_threads);
  if (time.stand_ins)
    basis += fmt::format(", {} of {} terms from the nearest size", time.stand_ins, time.terms.size());
  if (!time.unpriced.empty()) {
    const std::set<std::string> names(time.unpriced.begin(), time.unpriced.end());
    basis += fmt::format(", without {}", fmt::join(names, ", "));
  }
}

void add_missing(std::string& basis, const std::string& phase, const std::string& reason) {
  if (!basis.empty()) basis += "; ";
  basis += fmt::format("{}: unknown, {}", phase, reason);
}

}  // namespace

Interval rate_of(double count, const StepTime& time) {
  const Interval seconds = seconds_of(time);
  return {count / seconds.high, count / seconds.mid, count / seconds.low};
}

tl::expected<StepTime, std::string> time_of(const std::vector<ProblemUse>& step, const std::string& phase,
                                            const Evidence& evidence, const EngineRun& run) {
  const std::vector<uint32_t>& thread_counts = evidence.thread_counts();
  if (thread_counts.empty()) return tl::unexpected(std::string("no matrix product was measured"));
  tl::expected<StepTime, std::string> best = tl::unexpected(std::string());
  if (run.threads) {
    if (std::find(thread_counts.begin(), thread_counts.end(), run.threads) == thread_counts.end())
      return tl::unexpected(fmt::format("no matrix product was measured at {} threads", run.threads));
    return time_at(step, phase, evidence, run.threads, run.engine);
  }
  for (const uint32_t threads : thread_counts) {
    auto time = time_at(step, phase, evidence, threads, run.engine);
    if (!best || (time && time->seconds < best->seconds)) best = std::move(time);
  }
  return best;
}

Prediction predict(const ModelShape& shape, const FileFormat& format, uint32_t prompt, uint32_t depth,
                   uint64_t weights_bytes, const Evidence& evidence, FormatId cache, const EngineRun& run) {
  Prediction prediction;
  if (const auto rate = evidence.storage_bytes_per_s())
    prediction.load_s = static_cast<double>(weights_bytes) / *rate;
  const auto keep_terms = [&](const StepTime& time) {
    prediction.terms.insert(prediction.terms.end(), time.terms.begin(), time.terms.end());
    prediction.efficiency = time.efficiency;
    prediction.efficiency_source = time.efficiency_source;
  };
  if (shape.task == Task::encode) {
    const uint32_t tokens = std::min(encoder_tokens, std::max<uint32_t>(1, shape.max_context));
    const auto text = time_of(prefill_step(shape, format, tokens), "encode", evidence, run);
    if (!text) {
      add_missing(prediction.basis, "encode", text.error());
      return prediction;
    }
    add_basis(prediction.basis, "encode", *text);
    const Interval seconds = seconds_of(*text);
    prediction.encode_ms = Interval{seconds.low * 1e3, seconds.mid * 1e3, seconds.high * 1e3};
    keep_terms(*text);
    return prediction;
  }
  const auto decode = time_of(decode_step(shape, format, depth, cache), "decode", evidence, run);
  if (decode) {
    add_basis(prediction.basis, "decode", *decode);
    prediction.decode_tps = rate_of(1, *decode);
    keep_terms(*decode);
  } else {
    add_missing(prediction.basis, "decode", decode.error());
  }
  const auto prefill = time_of(prefill_step(shape, format, prompt, cache), "prefill", evidence, run);
  if (prefill) {
    add_basis(prediction.basis, "prefill", *prefill);
    prediction.prefill_tps = rate_of(prompt, *prefill);
    keep_terms(*prefill);
  } else {
    add_missing(prediction.basis, "prefill", prefill.error());
  }
  if (decode && prefill) {
    const Interval one = seconds_of(*decode), all = seconds_of(*prefill);
    prediction.ttft_s = Interval{one.low + all.low, one.mid + all.mid, one.high + all.high};
  }
  return prediction;
}

}  // namespace weighin
