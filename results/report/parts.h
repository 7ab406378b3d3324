// The report's parts: what the template is filled with, one function a section.
#pragma once

#include <kainjow/mustache.hpp>
#include <string>

#include "results/report/report.h"

namespace weighin {

/// Values the template names; it escapes each of them where it shows it.
using TemplateData = kainjow::mustache::data;

/// Headline, a sentence below it, key figures, assumptions, warnings.
void add_headline(TemplateData& page, const ReportInput& input);
/// The class x format grid, words in every cell.
void add_grid(TemplateData& page, const ReportInput& input);
/// One row a model.
void add_models(TemplateData& page, const ReportInput& input);
/// One row a measurement, measured or not.
void add_kernels(TemplateData& page, const ReportInput& input);
/// Everything the probes saw, from the device's facts, absent ones with their reason.
void add_machine(TemplateData& page, const ReportInput& input);
/// Program, run and times.
void add_provenance(TemplateData& page, const ReportInput& input);

/// What the charts draw, as JSON that may stand inside a script element:
/// {memory: {limit_gib, kind, models: [{model, format, answer, fits, weights, kv, other, peak}]},
///  speed: {runs, well, models: [{model, format, answer, fits, low, mid, high}]},
///  rooflines: [{threads, bytes_per_s, peaks: [{name, ops_per_s}], points: [{kernel, problem, group, format,
///  intensity, ops_per_s, fraction}]}]}. Memory in GiB.
std::string charts_json(const ReportInput& input);

/// The speed a model is judged by: tokens/s, or an encoder's milliseconds; empty when it is not known.
std::string speed_words(const Verdict& verdict);
/// The answer's words; "not measured" for one that is unknown for want of measurements, "borderline" added.
std::string answer_words(const Verdict& verdict);
/// The word a style sheet knows the answer by: "well", "runs", "slow", "no", "unknown".
std::string answer_class(const Verdict& verdict);
/// Where measurements ran: on the CPU at so many threads (0: any), or on a GPU.
struct Side {
  uint32_t threads = 0;
  std::string gpu{};  // its id; empty: the CPU

  bool holds(const Measurement& m) const { return m.gpu == gpu && (!threads || m.threads == threads); }
};
/// The best rate of `op` measured there: bytes/s of stream_read, else operations/s; 0 when it was not
/// measured.
double best_rate(const std::vector<Measurement>& measurements, Op op, const Side& side);

}  // namespace weighin
