// `--engine auto|onnxruntime` of `weighin run` and plain `weighin`: ONNX Runtime's operations, measured after
// weighin's own kernels where the npm package onnxruntime-node is installed.
#pragma once

#include <cstdint>

#include "harness/cli/invocation.h"
#include "harness/cli/measure/engine_kernels.h"
#include "harness/run/session.h"

namespace weighin {

/// The word of --engine that measures ONNX Runtime alone.
inline constexpr const char* onnxruntime_word = "onnxruntime";

/// Measures them and keeps the rows with those of run `run`. Says on standard error what came of it. With
/// "auto" nothing is done or said where the package is not installed. Returns false where it was asked for
/// and is missing, or the store failed, which is printed too.
bool measure_onnx_kernels(Invocation& invocation, const Machine& machine, const SessionOptions& session,
                          int64_t run, const EngineOptions& options);

}  // namespace weighin
