// A store with one device that is not the machine of the test, and a run begun on it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "results/store/store.h"

namespace weighin {

inline constexpr const char* bench_id = "00112233445566aa";
inline constexpr const char* bench_time = "2026-01-01T00:00:00Z";

/// "bench": 8 GiB of memory; free storage not known where it is 0.
inline Device bench_device(uint64_t storage_free_bytes = 0) {
  Device device;
  device.id = bench_id;
  device.label = "bench";
  device.memory_bytes = uint64_t{8} << 30;
  device.storage_free_bytes = storage_free_bytes;
  device.probed_at = bench_time;
  device.facts_json = "{}";
  return device;
}

/// Puts "bench" into `store` and begins a run on it. Returns the run; fails the test, and returns 0, where it
/// cannot.
inline int64_t begin_bench_run(Store& store, uint64_t storage_free_bytes = 0) {
  const auto put = store.put_device(bench_device(storage_free_bytes));
  EXPECT_TRUE(put) << put.error();
  Run run;
  run.device = bench_id;
  run.started_at = bench_time;
  const auto id = store.begin_run(run);
  EXPECT_TRUE(id) << id.error();
  return id.value_or(0);
}

/// A measurement of that run, not yet of anything.
inline Measurement bench_measurement(int64_t run) {
  Measurement measurement;
  measurement.run = run;
  measurement.device = bench_id;
  measurement.status = Status::measured;
  return measurement;
}

}  // namespace weighin
