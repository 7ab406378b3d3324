// The GPUs of a session, one after another, each in a child process.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/run/open_run.h"

namespace weighin {

/// The share of a run's budget that all GPUs get together. Their kernels take a fraction of the CPU's time,
/// most of it to be made ready.
constexpr double gpu_share = 0.25;

/// The GPUs that a session measures: those that are not software, or all with `options.force_software`.
std::vector<const VulkanDevice*> gpus_to_measure(const Machine& machine, const SessionOptions& options);

/// Measures one GPU after another. A sentence of `result` says how each went. Error: what the store said.
tl::expected<void, std::string> measure_gpus(
    const Host& host, const Machine& machine, const SessionOptions& options, Store& store,
    const std::function<tl::expected<void, std::string>(const Measurement&)>& record, const OpenedRun& opened,
    const std::function<bool()>& stop, const std::function<void(const RunProgress&)>& progress,
    SessionResult& result);

}  // namespace weighin
