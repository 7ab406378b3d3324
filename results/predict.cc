#include "results/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace weighin {
namespace {

/// Half-width of an 80% interval from that of a 95% one, by the normal distribution's quantiles.
constexpr double to_80_percent = 1.2816 / 1.9600;

/// Most of a measured time that may be taken for the fixed cost of starting the threads: the barrier is
/// measured at another moment, and must not swallow the work it surrounds.
constexpr double most_fixed = 0.5;

bool usable(const Measurement& measurement) {
  return measurement.status == Status::measured && std::isfinite(measurement.seconds) &&
         measurement.seconds > 0;
}

bool is_matrix(Op op) {
  return op == Op::gemv || op == Op::gemm;
}
bool is_attention(Op op) {
  return op == Op::attention || op == Op::prefill_attention;
}

double away(double a, double b) {
  return std::abs(std::log(std::max(a, 1.0) / std::max(b, 1.0)));
}

/// How unlike two problems of one operation are: first in what changes a kernel's rate, then in mere size.
std::pair<double, double> distance(const Problem& a, const Problem& b) {
  const double m = away(static_cast<double>(a.m), static_cast<double>(b.m));
  if (is_matrix(a.op)) return {10 * away(a.k, b.k) + away(a.n, b.n), m};
  if (is_attention(a.op)) {
    const double heads = away(a.k, b.k) + away(a.heads, b.heads) + away(a.kv_heads, b.kv_heads);
    const double kind = (a.context == 0) != (b.context == 0) ? 1 : 0;  // causal or not
    return {heads + kind, away(a.context, b.context) + away(a.n, b.n)};
  }
  return {0, away(a.n, b.n) + away(a.k, b.k) + m};
}

/// What seconds grow with: bytes of weights when they stream (gemv), operations when they compute (gemm,
/// attention), values for the rest.
double work(const Problem& p) {
  if (p.op == Op::gemv) return static_cast<double>(row_bytes(p.format, p.k)) * static_cast<double>(p.m);
  if (p.op == Op::gemm || is_attention(p.op)) return cost_of(p).operations;
  const double values = static_cast<double>(p.n) * p.k;
  return p.op == Op::rope ? values * static_cast<double>(p.m) : values;
}

/// How far a time may be off, relative, to either side.
struct Spread {
  double slower = 0;
  double faster = 0;
};

/// The measurement's spread, to neither side further than its samples reach: another program's interruption
/// makes one sample long and says nothing of a faster machine.
Spread spread_of(const Measurement& m) {
  const double half = std::max(0.0, m.spread) * to_80_percent;
  if (m.samples.size() < 2) return {half, half};
  const auto [least, most] = std::minmax_element(m.samples.begin(), m.samples.end());
  return {std::min(half, std::max(0.0, *most / m.seconds - 1)),
          std::min(half, std::max(0.0, m.seconds / std::max(*least, 1e-12) - 1))};
}

struct Price {
  double seconds = 0;
  Spread spread;
  bool stand_in = false;
  int64_t measurement = 0;
  std::string note;
};

/// The measured problems at one thread count, as a price list.
class Prices {
 public:
  Prices(std::span<const Measurement> measurements, uint32_t threads)
      : measurements_(measurements), threads_(threads) {
    if (threads == 1) return;
    const Measurement* barrier = nearest({.op = Op::barrier}, threads);
    if (barrier) barrier_s_ = barrier->seconds;
  }

  std::optional<Price> of(const Problem& problem) const {
    std::optional<Price> price = scaled(problem);
    if (!price && problem.op == Op::prefill_attention) return attention_of_each_token(problem);
    return price;
  }

 private:
  std::optional<Price> scaled(const Problem& problem) const {
    const Measurement* found = nearest(problem, threads_);
    double fixed_s = barrier_s_;
    std::string note;
    if (!found && !is_matrix(problem.op) && threads_ != 1) {
      found = nearest(problem, 1);  // one thread works, the others wait
      fixed_s = 0;
      note = "on one thread";
    }
    if (!found) return std::nullopt;
    const double ratio = work(problem) / std::max(work(found->problem), 1.0);
    fixed_s = std::min(fixed_s, most_fixed * found->seconds);
    Price price{.seconds = fixed_s + (found->seconds - fixed_s) * ratio,
                .spread = spread_of(*found),
                .stand_in = distance(problem, found->problem).first > 0,
                .measurement = found->id,
                .note = std::move(note)};
    if (!(problem == found->problem)) {
      if (!price.note.empty()) price.note += ", ";
      price.note += fmt::format("{:.3g} x {}", ratio, describe(found->problem));
    }
    if (problem.op == Op::gemm && problem.n < found->problem.n) at_least_one_pass(problem, price);
    return price;
  }

  /// A small batch still reads every weight once: never faster than the matrix times one vector.
  void at_least_one_pass(const Problem& problem, Price& price) const {
    const std::optional<Price> one = scaled(one_token(problem));
    if (!one || one->seconds <= price.seconds) return;
    price = *one;
    price.stand_in = true;
    price.note = "one pass over the weights: " + price.note;
  }

  static Problem one_token(Problem problem) {
    problem.op = Op::gemv;
    problem.n = 1;
    return problem;
  }

  /// Where attention of a prompt was not measured: attention of one token, as often as the same operations
  /// need.
  std::optional<Price> attention_of_each_token(const Problem& problem) const {
    Problem one = problem;
    one.op = Op::attention;
    one.n = 0;
    one.context = std::max<uint32_t>(1, problem.context == 0 ? problem.n : (problem.n + 1) / 2);
    std::optional<Price> price = scaled(one);
    if (!price) return std::nullopt;
    price->seconds *= problem.n;
    price->stand_in = true;
    price->note = fmt::format("{} tokens one by one: {}", problem.n, price->note);
    return price;
  }

  const Measurement* nearest(const Problem& problem, uint32_t threads) const {
    const Measurement* best = nullptr;
    std::pair<double, double> best_distance;
    for (const Measurement& candidate : measurements_) {
      if (candidate.problem.op != problem.op || candidate.problem.format != problem.format) continue;
      if (candidate.threads != threads || !usable(candidate)) continue;
      const auto d = distance(problem, candidate.problem);
      if (best && (d > best_distance || (d == best_distance && candidate.seconds >= best->seconds))) continue;
      best = &candidate;
      best_distance = d;
    }
    return best;
  }

  std::span<const Measurement> measurements_;
  uint32_t threads_;
  double barrier_s_ = 0;
};

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

tl::expected<StepTime, std::string> time_at(const std::vector<ProblemUse>& step, const std::string& phase,
                                            std::span<const Measurement> measurements, uint32_t threads) {
  const Prices prices(measurements, threads);
  StepTime time;
  time.threads = threads;
  double slower_squares = 0, faster_squares = 0, stand_in_s = 0;
  for (const ProblemUse& use : step) {
    const Op op = use.problem.op;
    const std::optional<Price> price = prices.of(use.problem);
    if (!price && (is_matrix(op) || is_attention(op)))
      return tl::unexpected(never_measured(use.problem, measurements));
    Term term{phase, use.part, use.problem, use.times, 0, 0, ""};
    if (price) {
      term.seconds = price->seconds * use.times;
      term.measurement = price->measurement;
      term.note = price->note;
      slower_squares += std::pow(price->spread.slower * term.seconds, 2);
      faster_squares += std::pow(price->spread.faster * term.seconds, 2);
      if (price->stand_in) stand_in_s += term.seconds;
      time.stand_ins += price->stand_in;
    } else if (needless(use.problem, measurements)) {
      term.note = "products take these activations as they are";
    } else {
      term.note = "never measured, counted as nothing";
      time.unpriced.emplace_back(op_name(op));
    }
    time.seconds += term.seconds;
    time.terms.push_back(std::move(term));
  }
  if (time.seconds <= 0) return tl::unexpected(std::string("the step holds nothing that was measured"));
  const double stand_in = stand_in_error * stand_in_s / time.seconds;
  const auto together = [&](double spread_squares) {
    return std::sqrt(spread_squares / (time.seconds * time.seconds) + stand_in * stand_in +
                     composition_error * composition_error);
  };
  time.slower = together(slower_squares);
  time.faster = together(faster_squares);
  return time;
}

/// The seconds of a step as an interval: ratios, so that it stays positive.
Interval seconds_of(const StepTime& time) {
  return {time.seconds / (1 + time.faster), time.seconds, time.seconds * (1 + time.slower)};
}

/// `count` things in that time, a second.
Interval rate_of(double count, const StepTime& time) {
  const Interval seconds = seconds_of(time);
  return {count / seconds.high, count / seconds.mid, count / seconds.low};
}

std::optional<double> storage_bytes_per_s(std::span<const Measurement> measurements) {
  std::optional<double> best;
  for (const Measurement& m : measurements) {
    if (m.problem.op != Op::storage_read || !usable(m) || m.problem.m == 0) continue;
    const double rate = static_cast<double>(m.problem.m) / m.seconds;
    if (!best || rate > *best) best = rate;
  }
  return best;
}

void add_basis(std::string& basis, const std::string& phase, const StepTime& time) {
  if (!basis.empty()) basis += "; ";
  basis += fmt::format("{}: measured at {} thread{}", phase, time.threads, time.threads == 1 ? "" : "s");
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

tl::expected<StepTime, std::string> time_of(const std::vector<ProblemUse>& step, const std::string& phase,
                                            std::span<const Measurement> measurements) {
  std::set<uint32_t> thread_counts;
  for (const Measurement& m : measurements)
    if (usable(m) && is_matrix(m.problem.op)) thread_counts.insert(m.threads);
  if (thread_counts.empty()) return tl::unexpected(std::string("no matrix product was measured"));
  tl::expected<StepTime, std::string> best = tl::unexpected(std::string());
  for (const uint32_t threads : thread_counts) {
    auto time = time_at(step, phase, measurements, threads);
    if (!best || (time && time->seconds < best->seconds)) best = std::move(time);
  }
  return best;
}

Prediction predict(const ModelShape& shape, FormatId format, uint32_t prompt, uint32_t depth,
                   uint64_t weights_bytes, std::span<const Measurement> measurements) {
  Prediction prediction;
  if (const auto rate = storage_bytes_per_s(measurements))
    prediction.load_s = static_cast<double>(weights_bytes) / *rate;
  const auto keep_terms = [&](const StepTime& time) {
    prediction.terms.insert(prediction.terms.end(), time.terms.begin(), time.terms.end());
  };
  if (shape.task == Task::encode) {
    const uint32_t tokens = std::min(encoder_tokens, std::max<uint32_t>(1, shape.max_context));
    const auto text = time_of(prefill_step(shape, format, tokens), "encode", measurements);
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
  const auto decode = time_of(decode_step(shape, format, depth), "decode", measurements);
  if (decode) {
    add_basis(prediction.basis, "decode", *decode);
    prediction.decode_tps = rate_of(1, *decode);
    keep_terms(*decode);
  } else {
    add_missing(prediction.basis, "decode", decode.error());
  }
  const auto prefill = time_of(prefill_step(shape, format, prompt), "prefill", measurements);
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
