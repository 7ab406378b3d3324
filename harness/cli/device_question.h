// The options of commands that ask of many devices at once.
#pragma once

#include <memory>
#include <string>

#include "harness/cli/command.h"
#include "results/device_fit.h"

namespace weighin {

struct DeviceQuestionOptions {
  DeviceQuestion question;
  std::string format, runs_as;
  double most_download_bytes = 0;
};

/// Adds --format, --context, --min-tps, --max-download, --as and --allow-low-bit.
void add_device_question(CLI::App& command, DeviceQuestionOptions& options);

/// The question that was asked. Error: the formats there are.
tl::expected<DeviceQuestion, std::string> question_of(const DeviceQuestionOptions& options);

}  // namespace weighin
