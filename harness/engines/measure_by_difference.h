// Measures an engine whose libraries weighin cannot call: its own program runs synthetic models of two and of
// four layers.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/engines.h"
#include "results/records/measurement.h"

namespace weighin {

struct DifferenceHooks {
  std::function<bool()> stop;
  /// Keeps a row; the caller sets its run and device. An error of the store ends the measuring.
  std::function<tl::expected<void, std::string>(const Measurement&)> record;
  /// What is measured now, as a sentence's beginning.
  std::function<void(const std::string&)> progress;
};

struct DifferenceOutcome {
  std::string engine;  // as its rows name it: "llama.cpp b4321 (4321), by difference"
  size_t measured = 0;
  bool budget_ended = false;
  std::vector<std::string> failures;  // each a sentence
};

/// Runs `command` (as run_engine() takes it) on models of random weights, in sizes of layers from 1B models
/// to 8B ones and in the formats that are downloaded most, as far as `budget_s` reaches; a pair of models
/// that was begun is finished. Models are written to a temporary folder, one at a time. After a failure of
/// the engine the next size or format is tried; after two in a row nothing more is. Error: what the store or
/// the system said.
tl::expected<DifferenceOutcome, std::string> measure_by_difference(const Host& host,
                                                                   const std::string& command,
                                                                   uint32_t threads, double budget_s,
                                                                   const DifferenceHooks& hooks);

}  // namespace weighin
