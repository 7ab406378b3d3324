// The report's tables: everything its charts show, readable with scripts off.
#include <fmt/format.h>

#include <algorithm>

#include "models/names/catalogue.h"
#include "results/fit/verdict.h"
#include "results/report/parts.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

TemplateData empty_list() {
  return TemplateData{TemplateData::type::list};
}

/// What stands below a grid cell's answer: the speed, or what would be needed.
std::string grid_detail(const Verdict& v) {
  if (v.judgement.answer == Answer::does_not_fit) return "needs " + gib_text(v.needs.memory.needed_bytes());
  std::string words = speed_words(v);
  // Said where it may be what binds; elsewhere it would only fill the cell.
  if (v.prediction.ttft_s && v.prediction.ttft_s->mid > VerdictLines{}.well_ttft_s)
    words += fmt::format("{}first in {} s", words.empty() ? "" : ", ", two_digits(v.prediction.ttft_s->mid));
  return words;
}

std::string title_of_reference(const std::string& model) {
  const ModelShape* shape = find_model(model);
  return model + (shape && shape->made ? " (made shape)" : "");
}

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
  const std::optional<Interval>& speed =
      v.needs.task == Task::encode ? v.prediction.encode_ms : v.prediction.decode_tps;
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
  row.set("bytes", timed && cost.bytes() > 0 ? fmt::format("{:.3g}", cost.bytes() / m.seconds / 1e9) : none);
  row.set("ops",
          timed && cost.operations > 0 ? fmt::format("{:.3g}", cost.operations / m.seconds / 1e9) : none);
  row.set("roofline", m.roofline_fraction ? fmt::format("{:.0f}%", *m.roofline_fraction * 100) : none);
  row.set("status", std::string(status_name(m.status)) + (m.reason.empty() ? "" : ": " + m.reason));
  return row;
}

}  // namespace

void add_grid(TemplateData& page, const ReportInput& input) {
  TemplateData formats = empty_list(), rows = empty_list();
  for (const FileFormat& format : kernel_file_formats()) formats << TemplateData(std::string(format.name));
  // The grid holds each class's formats one after the other.
  for (size_t i = 0; i < input.grid.size();) {
    const std::string& size_class = input.grid[i].needs.size_class;
    TemplateData row, cells = empty_list();
    row.set("size_class", size_class);
    row.set("model", title_of_reference(input.grid[i].needs.model));
    for (const FileFormat& format : kernel_file_formats()) {
      TemplateData cell;
      const bool there = i < input.grid.size() && input.grid[i].needs.size_class == size_class &&
                         input.grid[i].needs.format == format.name;
      cell.set("answer", there ? answer_words(input.grid[i]) : std::string("-"));
      cell.set("answer_class", there ? answer_class(input.grid[i]) : std::string("unknown"));
      cell.set("detail", there ? grid_detail(input.grid[i]) : std::string());
      cells << cell;
      if (there) ++i;
    }
    // A verdict in an order or format the columns do not have would never be consumed.
    while (i < input.grid.size() && input.grid[i].needs.size_class == size_class) ++i;
    row.set("cells", cells);
    rows << row;
  }
  page.set("any_grid", TemplateData(rows.is_non_empty_list()));
  page.set("formats", formats);
  page.set("grid", rows);
}

void add_models(TemplateData& page, const ReportInput& input) {
  TemplateData rows = empty_list();
  for (const Verdict& verdict : input.best) rows << model_row(verdict);
  page.set("any_models", TemplateData(rows.is_non_empty_list()));
  page.set("models", rows);
}

void add_kernels(TemplateData& page, const ReportInput& input) {
  std::vector<const Measurement*> ordered;
  for (const Measurement& m : input.measurements) ordered.push_back(&m);
  // What was measured first, then by operation and format, the most threads first.
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
