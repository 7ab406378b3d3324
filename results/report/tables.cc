#include "results/report/tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/names/catalogue.h"
#include "results/fit/verdict.h"
#include "results/report/words.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

std::string params_text(const Verdict& v) {
  if (v.needs.params == 0) return "undisclosed";
  return count_text(v.needs.params) + (v.needs.active_params != v.needs.params
                                           ? fmt::format(", {} active", count_text(v.needs.active_params))
                                           : "");
}

/// `value` seconds in the unit that leaves it between 1 and 1000.
std::string time_text(double seconds) {
  if (seconds >= 1) return fmt::format("{:.3g} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds >= 1e-6) return fmt::format("{:.3g} us", seconds * 1e6);
  return fmt::format("{:.3g} ns", seconds * 1e9);
}

TemplateData model_row(const Verdict& v) {
  const std::string none = "-";
  const bool disclosed = v.needs.params > 0;
  TemplateData row;
  row.set("model", v.needs.model);
  row.set("size", disclosed ? v.needs.size_class + " class, " + params_text(v) : params_text(v));
  row.set("format", disclosed ? v.needs.format : none);
  row.set("answer", answer_words(v));
  row.set("answer_class", answer_class(v));
  row.set("peak", disclosed ? gib_text(v.needs.memory.needed_bytes()) : none);
  row.set("parts",
          disclosed
              ? fmt::format("weights {}, KV {}, workspace {}, runtime {}",
                            gib_text(v.needs.memory.weights_bytes), gib_text(v.needs.memory.kv_bytes),
                            gib_text(v.needs.memory.workspace_bytes), gib_text(v.needs.memory.other_bytes()))
              : "");
  row.set("download", disclosed ? gb_text(v.needs.download_bytes) : none);
  const std::optional<Interval> speed = judged_speed(v);
  row.set("speed", speed ? speed_words(v) : none);
  row.set("speed_range",
          speed ? fmt::format("{} to {}", two_digits(speed->low), two_digits(speed->high)) : std::string());
  row.set("first_token", v.prediction.ttft_s ? two_digits(v.prediction.ttft_s->mid) + " s" : none);
  row.set("load", v.prediction.load_s ? two_digits(*v.prediction.load_s) + " s" : none);
  row.set("max_context", !disclosed      ? none
                         : v.max_context ? fmt::format("{}", v.max_context)
                                         : std::string("none fits"));
  std::string limit = v.limit.text;
  for (const std::string& warning : v.warnings) limit += "; " + warning;
  row.set("limit", limit);
  return row;
}

TemplateData kernel_row(const Measurement& m) {
  const std::string none = "-";
  const bool timed = m.status == Status::measured && m.seconds > 0;
  const Cost cost = cost_of(m.problem);
  TemplateData row;
  row.set("kernel", m.kernel.empty() ? std::string(op_name(m.problem.op)) : m.kernel);
  row.set("problem", describe(m.problem));
  row.set("threads", fmt::format("{}", m.threads));
  row.set("time", timed ? fmt::format("{} ±{:.2g}%", time_text(m.seconds), m.spread * 100) : none);
  row.set("bytes", timed && cost.bytes() > 0 ? digits_text(cost.bytes() / m.seconds / 1e9, 3) : none);
  row.set("ops", timed && cost.operations > 0 ? digits_text(cost.operations / m.seconds / 1e9, 3) : none);
  row.set("roofline", m.roofline_fraction ? fmt::format("{:.0f}%", *m.roofline_fraction * 100) : none);
  row.set("status", std::string(status_name(m.status)) + (m.reason.empty() ? "" : ": " + m.reason));
  return row;
}

}  // namespace

void add_models(TemplateData& page, const ReportInput& input) {
  TemplateData rows = empty_list();
  for (const Verdict& verdict : input.best) rows << model_row(verdict);
  page.set("any_models", TemplateData(rows.is_non_empty_list()));
  page.set("models", rows);
}

void add_kernels(TemplateData& page, const ReportInput& input) {
  std::vector<const Measurement*> ordered;
  for (const Measurement& m : input.measurements) ordered.push_back(&m);
  // Measured rows come first. Then rows are ordered by operation and format, the most threads first.
  std::stable_sort(ordered.begin(), ordered.end(), [](const Measurement* a, const Measurement* b) {
    const auto key = [](const Measurement& m) {
      return std::tuple(m.status, m.problem.op, m.problem.format, ~m.threads, m.problem.k, m.problem.m);
    };
    return key(*a) < key(*b);
  });
  TemplateData rows = empty_list();
  for (const Measurement* m : ordered) rows << kernel_row(*m);
  page.set("any_kernels", TemplateData(rows.is_non_empty_list()));
  page.set("kernel_count", fmt::format("{}", ordered.size()));
  page.set("kernels", rows);
}

}  // namespace weighin
