// The protocol between the program and the child process that measures an engine's kernels: a job for the
// child, one line of JSON. The child answers with the events of a GPU's child (harness/gpu/job.h).
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/plan/plan.h"

namespace weighin {

/// The hidden subcommand with which this program runs itself as that child. Its argument is the job.
inline constexpr const char* engine_child_command = "run-engine";

/// How a child says that the libraries have fewer devices than the job's.
inline constexpr const char* no_such_device = "the libraries have no device number";

/// One device of an engine's libraries that is measured. Both sides make the plan of engine_plan(threads), so
/// that an item is known by its number in it.
struct EngineJob {
  std::string libraries;  // the folder with libggml*.so
  /// 0: the CPU; else the number of a GPU among those that the libraries have a backend for, from 1 on.
  uint32_t device = 0;
  bool software = false;  // GPUs that are software are measured too, for tests
  uint32_t threads = 1;   // 1 for a GPU
  double budget_s = 0;
  uint64_t working_set_bytes = 0;  // of weights
  std::string only;                // a regular expression on describe(problem)
  std::set<size_t> done;           // items that are not measured again
};

/// What a child opened.
struct OpenedEngine {
  std::string engine;       // "llama.cpp 0.25.1 zen4": its version, and its build for this CPU
  std::string device;       // as the libraries name it: "CPU", "Vulkan0"
  std::string description;  // "NVIDIA GeForce RTX 4070"
};
std::string opened_text(const OpenedEngine& opened);
OpenedEngine opened_from(const std::string& text);

std::string job_json(const EngineJob& job);
tl::expected<EngineJob, std::string> engine_job_from_json(const std::string& text);

}  // namespace weighin
