// ONNX Runtime's own operations, measured in a child process by scripts/engines/onnxruntime.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "probes/host/host.h"
#include "results/records/measurement.h"

namespace weighin {

struct OnnxHooks {
  std::function<bool()> stop;
  /// Keeps a row; the caller sets its run and device. An error of the store ends the session.
  std::function<tl::expected<void, std::string>(const Measurement&)> record;
  std::function<void(size_t done, size_t items)> progress;
};

struct OnnxSettings {
  std::string script;  // as onnx_script() finds it
  uint32_t threads = 1;
  double budget_s = 45;
  std::string only;  // a regular expression on "onnxruntime gemm f32 m=768 ..."; empty: all
};

/// What came of it.
struct OnnxOutcome {
  std::string engine;  // "onnxruntime 1.23.2 (onnxruntime-node)"; empty: it did not start
  size_t measured = 0, skipped = 0, failed = 0, wrong = 0;
  std::string failure;  // why it ended early; empty: it did not
};

/// The script that measures, scripts/engines/onnxruntime/run, above or beside this program. Error: it is not
/// there, or what it lacks.
tl::expected<std::string, std::string> onnx_script(const Host& host);

/// Measures what onnx_problems() lists. What `already` has is left out. The child is ended when it has said
/// nothing for `silence`.
tl::expected<OnnxOutcome, std::string> measure_onnx_runtime(
    const Host& host, const OnnxSettings& settings, std::span<const Measurement> already,
    const OnnxHooks& hooks, std::chrono::milliseconds silence = std::chrono::seconds(60));

}  // namespace weighin
