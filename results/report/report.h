// The HTML report: one file, no network, readable with scripts off.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "results/fit/verdict.h"
#include "results/profile/device_profile.h"
#include "results/records/run.h"

namespace weighin {

/// What the report shows of one device.
struct ReportInput {
  Device device;
  Capacity capacity;
  Question question;
  std::optional<Run> run;  // the newest, for provenance and warnings
  std::vector<Measurement> measurements;
  std::vector<Verdict> best;  // one a model, best format
  std::vector<Verdict> grid;  // reference model of each size class x each format
  std::string accuracy;       // how right such answers are, a line
  std::string comparison =
      {};  // of the CPU and GPUs (results/fit/cpu_or_gpu.h); empty where only one was measured
};

/// Everything the report shows of `device`: its newest measurements and run, the verdict on every published
/// model in its best format (or `question.format`), and on each size class's reference model in every format.
ReportInput report_input(const Device& device, const DeviceProfile& profile, std::optional<Run> run,
                         const Question& question);

/// The answer in a headline ("pi5-07 runs the 1B class well") and a sentence that says which model, how fast.
std::pair<std::string, std::string> report_headline(const ReportInput& input);

/// The whole file's text: HTML with its style, script and data inside. Names and labels are escaped; a part
/// that is missing (no run, no measurements) is named as missing.
std::string report_html(const ReportInput& input);

}  // namespace weighin
