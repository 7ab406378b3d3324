// The best rates that were measured on one side of a machine: its CPU, or one of its GPUs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/records/measurement.h"

namespace weighin {

/// Where measurements ran.
struct Side {
  uint32_t threads = 0;  // on the CPU; 0: any count
  std::string gpu{};     // the id of a GPU; empty: the CPU

  bool holds(const Measurement& m) const {
    return m.gpu == gpu && !m.of_engine() && (!threads || m.threads == threads);
  }
};

/// The best rate of `op` that was measured on `side`: bytes/s for stream_read, operations/s for all others. 0
/// if it was not measured.
double best_rate(const std::vector<Measurement>& measurements, Op op, const Side& side);

}  // namespace weighin
