// A measurement: one problem, one kernel, one thread count, and what came of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/problem/problem.h"

namespace weighin {

enum class Status : uint8_t {
  measured,
  unsupported,  // no kernel here can run it: reason says what is missing
  skipped,      // "budget", "memory", ...: it could have been measured
  failed,       // it could not be run: reason says what was tried
  wrong,        // its result differs from the reference: used for nothing
};

std::string_view status_name(Status status);

struct Measurement {
  int64_t id = 0;   // given by the store
  int64_t run = 0;  // the run that measured it
  std::string device;
  std::string backend = "cpu";  // "cpu", "vulkan"; later "wasm", "webgpu"
  std::string gpu;              // which of the device's (probes/gpu/vulkan.h); empty: none, the CPU
  std::string engine;           // whose kernel: "llama.cpp 0.25.1 zen4"; empty: weighin's reference kernels
  std::string kernel;           // "cpu.gemv.q4_0.avx512vnni"; the op's name where no kernel could be chosen
  Problem problem;              // as measured: m is the slab's rows
  uint32_t threads = 1;

  double seconds = 0;           // median of the samples, one operation
  double spread = 0;            // half the width of the median's 95% interval, relative to it
  std::vector<double> samples;  // seconds each, in the order taken
  double error = 0;             // against the double-precision reference (kernels/kernel/kernel.h, Check)
  std::optional<double> roofline_fraction;  // of the bound measured beside it
  Status status = Status::skipped;
  std::string reason;

  std::vector<std::string> size_classes;  // whose reference models hold this problem

  bool on_cpu() const { return backend == "cpu"; }
  /// Whether a kernel of an engine was timed, and not one of weighin's reference kernels. Such rows answer
  /// for that engine alone.
  bool of_engine() const { return !engine.empty(); }
};

/// Whether predictions may use a measurement: it was measured, and its time is above zero.
bool usable(const Measurement& measurement);

}  // namespace weighin
