// What a child process that measures tells its parent: events, each one line of JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "results/records/gpu_tuning.h"
#include "results/records/measurement.h"

namespace weighin {

/// What the child does, as it does it.
struct ChildEvent {
  enum class Kind : uint8_t {
    opened,    // `text`: the GPU and its driver, or the engine and its device
    began,     // `item`: the item that it begins; `items`: how many there are
    measured,  // `row`: the measurement of item `item`, or of an allocation where there is no item
    tuned,     // `tuning`: what the search found
    failed,    // `text`: why the device is lost or could not be opened; the child ends
    finished,  // `text`: the outcome's name
  };
  Kind kind = Kind::finished;
  std::optional<size_t> item{};
  size_t items = 0;
  Measurement row{};  // without problem, size classes, device and run, which the item has
  GpuTuning tuning{};
  std::string text{};
};

std::string event_json(const ChildEvent& event);
/// Error: the line is no event.
tl::expected<ChildEvent, std::string> event_from_json(const std::string& line);

}  // namespace weighin
