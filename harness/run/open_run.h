// The beginning of a run in the store: its device, its options and the run that goes on.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/run/session.h"
#include "probes/host/host.h"
#include "probes/machine/machine.h"
#include "results/store/store.h"

namespace weighin {

struct OpenedRun {
  int64_t run = 0;
  std::vector<Measurement> already;
  bool resumed = false;
};

/// What is to be known about the figures of a run before it begins: the machine's warnings, and that too
/// little memory may be used.
std::vector<std::string> opening_warnings(const Machine& machine);

/// Stores the device, with the label that is given now, or was given before, or the machine's own.
tl::expected<void, std::string> put_device(Store& store, const Host& host, const Machine& machine,
                                           const std::string& label);

/// Begins a run, or resumes the unfinished one where `options.resume` asks for it.
tl::expected<OpenedRun, std::string> open_run(Store& store, const Host& host, const Machine& machine,
                                              const SessionOptions& options,
                                              const std::vector<std::string>& warnings);

}  // namespace weighin
