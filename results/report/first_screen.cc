#include "results/report/first_screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/report/headline.h"
#include "results/report/rates.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

TemplateData figure(const std::string& value, const std::string& what) {
  TemplateData data;
  data.set("value", value);
  data.set("what", what);
  return data;
}

/// "360 Gop/s", "1.4 Top/s".
std::string operations_text(double per_s) {
  return per_s < 1e12 ? two_digits(per_s / 1e9) + " Gop/s" : two_digits(per_s / 1e12) + " Top/s";
}

TemplateData key_figures(const ReportInput& input) {
  TemplateData figures{TemplateData::type::list};
  const auto disclosed = std::count_if(input.best.begin(), input.best.end(),
                                       [](const Verdict& v) { return v.needs.params > 0; });
  const auto well = std::count_if(input.best.begin(), input.best.end(),
                                  [](const Verdict& v) { return v.judgement.answer == Answer::runs_well; });
  const auto fits =
      std::count_if(input.best.begin(), input.best.end(), [](const Verdict& v) { return v.fits == true; });
  figures << figure(fmt::format("{} of {}", well, disclosed), "known models run well");
  figures << figure(fmt::format("{} of {}", fits, disclosed), "known models fit");
  if (input.capacity.memory_kind != LimitKind::unknown)
    figures << figure(gib_text(input.capacity.memory_bytes),
                      fmt::format("of memory usable ({} binds)", limit_name(input.capacity.memory_kind)));
  if (const double rate = best_rate(input.measurements, Op::stream_read, {}))
    figures << figure(two_digits(rate / 1e9) + " GB/s", "read from memory, measured");
  const std::pair<Op, const char*> peaks[] = {{Op::peak_int8, "int8 dot products, measured"},
                                              {Op::peak_fp32, "fp32 arithmetic, measured"}};
  for (const auto& [op, what] : peaks) {
    const double rate = best_rate(input.measurements, op, {});
    if (rate > 0) figures << figure(operations_text(rate), what);
  }
  for (const GpuCapacity& gpu : input.capacity.gpus)
    if (const double rate = best_rate(input.measurements, Op::stream_read, {.gpu = gpu.id}))
      figures << figure(two_digits(rate / 1e9) + " GB/s",
                        fmt::format("read from {}'s memory, measured", gpu.name));
  return figures;
}

TemplateData assumptions(const ReportInput& input) {
  const Question& q = input.question;
  TemplateData list{TemplateData::type::list};
  list << TemplateData(engine_sentence(q.engine, efficiency_source_of(input.best)) +
                       " The measured seconds of each operation are added up over a model's operations. "
                       "The true speed should lie in the interval 4 times in 5.");
  if (!input.comparison.empty()) list << TemplateData(input.comparison);
  if (!input.accuracy.empty()) list << TemplateData("Accuracy: " + input.accuracy + ".");
  list << TemplateData(std::string(
      "This report is about fit and speed. It says nothing of the quality of a model's answers."));
  list << TemplateData(fmt::format(
      "Chat models: a context of {}, a prompt of {} and an answer of {} tokens. Encoders: one text of {} "
      "tokens.",
      q.context ? fmt::format("{} tokens", q.context) : std::string("4096 tokens or the model's maximum"),
      q.prompt, q.answer, encoder_tokens));
  list << TemplateData(fmt::format(
      "Memory that may be used: {}. Swap never counts.",
      input.capacity.now
          ? "what was available when this report was made, so closing other programs may change answers"
          : "the device's total less a reserve for its system"));
  list << TemplateData(
      q.format
          ? fmt::format("Every model is weighed in {}.", file_format_of(*q.format).name)
          : fmt::format("Each model is shown in its best format: the highest fidelity of at most 8 bits that "
                        "runs well, else the fastest{}.",
                        q.allow_low_bit ? "" : " of at least 4 bits"));
  if (q.min_tps) list << TemplateData(fmt::format("Asked for: {} tokens/s.", two_digits(*q.min_tps)));
  return list;
}

void warn_of_status(TemplateData& list, const std::vector<Measurement>& measurements, Status status,
                    const std::string& words) {
  const auto count = std::count_if(measurements.begin(), measurements.end(),
                                   [&](const Measurement& m) { return m.status == status; });
  if (count) list << TemplateData(fmt::format("{} of {} measurements {}", count, measurements.size(), words));
}

TemplateData warnings(const ReportInput& input) {
  TemplateData list{TemplateData::type::list};
  std::vector<std::string> said;
  const auto say = [&](const std::string& warning) {
    if (std::find(said.begin(), said.end(), warning) != said.end()) return;
    said.push_back(warning);
    list << TemplateData(warning);
  };
  if (input.run) {
    for (const std::string& warning : input.run->warnings) say("While measuring: " + warning);
    if (input.run->outcome.empty())
      say("The newest run has not ended: it is still going on, or it was killed.");
    if (input.run->outcome == "interrupted")
      say("The newest run was interrupted; weighin run --resume continues it.");
  }
  for (const std::string& warning : input.capacity.warnings) say("Now: " + warning);
  warn_of_status(list, input.measurements, Status::wrong,
                 "gave wrong results and are not used: please report them.");
  warn_of_status(list, input.measurements, Status::failed, "failed; the table of kernels says why.");
  warn_of_status(list, input.measurements, Status::skipped,
                 "were skipped; the table of kernels says why, and weighin run --resume continues.");
  return list;
}

/// "Some CPU, 8 cores, 16 GiB of memory, measured on 2026-01-01".
std::string device_line(const ReportInput& input) {
  const Device& device = input.device;
  std::string line = device.cpu.empty() ? std::string("unknown CPU") : device.cpu;
  if (device.cores) line += fmt::format(", {} {}", device.cores, device.cores == 1 ? "core" : "cores");
  if (device.memory_bytes) line += fmt::format(", {} of memory", gib_text(device.memory_bytes));
  if (input.run) line += ", measured on " + input.run->started_at.substr(0, 10);
  return line;
}

}  // namespace

void add_first_screen(TemplateData& page, const ReportInput& input) {
  const auto [title, sentence] = report_headline(input);
  page.set("device", device_line(input));
  page.set("headline", title);
  page.set("sentence", sentence);
  page.set("figures", key_figures(input));
  page.set("assumptions", assumptions(input));
  const TemplateData list = warnings(input);
  page.set("any_warnings", TemplateData(list.is_non_empty_list()));
  page.set("warnings", list);
}

}  // namespace weighin
