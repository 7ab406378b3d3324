// Verifying: an engine run on a model's file, the reference kernels measured beside it, both kept.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "harness/engines/engines.h"
#include "models/format/file_format.h"
#include "models/shape/shape.h"
#include "probes/machine/machine.h"
#include "results/records/verification.h"

namespace weighin {

struct VerifySettings {
  std::string engine;                  // a command; empty: the one that is here
  std::optional<ServedTarget> served;  // the model of a server that is asked instead of a command
  std::string file;                    // a GGUF file; empty: one is made of random weights, and removed
  uint32_t prompt = 512, generated = 32, depth = 0, repetitions = 3;
  uint32_t threads = 0;   // 0: all usable ones
  double measure_s = 15;  // for the reference kernels beside the engine, all rounds; 0: stored ones are used
  uint32_t rounds = 3;    // the engine and then the kernels, so many times in turn; where they are measured
  std::chrono::milliseconds limit{
      0};  // of the engine's run; 0: ten times what is expected, at least 2 minutes
  std::string database;
  std::function<bool()> stop;                              // says that the user wants to stop
  std::function<void(const std::string& doing)> progress;  // what is being done, for a person
};

/// Why there is no verification.
struct NotVerified {
  std::string reason;
  bool does_not_fit = false;  // in memory
};

/// Bytes that loading and running `file` would hold, as predicted for llama.cpp.
uint64_t predicted_memory(const ModelShape& shape, const FileFormat& format, const VerifySettings& settings,
                          bool mmap);

/// Runs the engine on `shape` in `format` on `machine`, which is this one, in turn with the reference kernels
/// on the same problems, and stores the middle round beside the prediction that the engine's efficiency as
/// known before gives. Error: an architecture or a container no engine here reads; memory or storage that
/// does not suffice, with both numbers; the engine's own, as run_engine(); the store's.
tl::expected<Verification, NotVerified> verify(const Host& host, const Machine& machine,
                                               const ModelShape& shape, const FileFormat& format,
                                               const VerifySettings& settings);

}  // namespace weighin
