// What the HTML report shows of one device, gathered before any text is made.
#pragma once

#include <optional>
#include <string>
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
  std::optional<Run> run;  // the newest run, for provenance and warnings
  std::vector<Measurement> measurements;
  std::vector<Verdict> best;    // one a model, in its best format
  std::vector<Verdict> grid;    // the reference model of each size class, in each format
  std::string accuracy;         // a line that says how accurate such predictions are
  std::string comparison = {};  // CPU against GPUs (results/fit/cpu_or_gpu.h); empty if only one was measured
};

/// Everything that the report shows of `device`: its newest measurements and run, the verdict on every
/// published model in its best format (or in `question.format`), and the verdict on each size class's
/// reference model in every format.
ReportInput report_input(const Device& device, const DeviceProfile& profile, std::optional<Run> run,
                         const Question& question);

}  // namespace weighin
