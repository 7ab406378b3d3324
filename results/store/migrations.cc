#include "results/store/migrations.h"

namespace weighin {

// A migration that was ever released is never changed: databases of its version exist. A new column is a row
// in measurement_fields.cc and an ALTER TABLE in a new migration; a test holds both to each other.
const std::vector<std::string>& migrations() {
  static const std::vector<std::string> steps{R"(
CREATE TABLE device (
  id TEXT PRIMARY KEY,
  label TEXT NOT NULL,
  cpu TEXT NOT NULL,
  cores INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  memory_available_bytes INTEGER NOT NULL,
  memory_limit TEXT NOT NULL,
  memory_limit_bytes INTEGER NOT NULL,
  storage_free_bytes INTEGER NOT NULL,
  probed_at TEXT NOT NULL,
  facts TEXT NOT NULL
);
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL REFERENCES device(id),
  program_version TEXT NOT NULL,
  compiler TEXT NOT NULL,
  build TEXT NOT NULL,
  options TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  outcome TEXT NOT NULL
);
CREATE TABLE run_warning (
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  warning TEXT NOT NULL,
  UNIQUE (run, warning)
);
CREATE TABLE measurement (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  device TEXT NOT NULL REFERENCES device(id),
  backend TEXT NOT NULL,
  kernel TEXT NOT NULL,
  op TEXT NOT NULL,
  format TEXT,
  m INTEGER NOT NULL,
  n INTEGER NOT NULL,
  k INTEGER NOT NULL,
  heads INTEGER NOT NULL,
  kv_heads INTEGER NOT NULL,
  context INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  seconds REAL,
  spread REAL,
  bytes REAL NOT NULL,
  operations REAL NOT NULL,
  bytes_per_s REAL,
  ops_per_s REAL,
  roofline_fraction REAL,
  error REAL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  samples TEXT NOT NULL
);
CREATE UNIQUE INDEX measured_once ON measurement
  (run, backend, kernel, op, coalesce(format, ''), m, n, k, heads, kv_heads, context, threads);
CREATE INDEX measurement_of_device ON measurement (device, op, format);
CREATE TABLE measurement_class (
  measurement_id INTEGER NOT NULL REFERENCES measurement(id) ON DELETE CASCADE,
  size_class TEXT NOT NULL,
  PRIMARY KEY (measurement_id, size_class)
) WITHOUT ROWID;
CREATE VIEW measurements AS
  SELECT measurement.id AS measurement_id, run, device, backend, kernel, op, format, size_class, m, n, k, threads,
         seconds, spread, bytes_per_s, ops_per_s, roofline_fraction, status, reason
  FROM measurement LEFT JOIN measurement_class ON measurement_class.measurement_id = measurement.id;
)",
                                              R"(
CREATE TABLE verification (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL REFERENCES device(id),
  verified_at TEXT NOT NULL,
  engine TEXT NOT NULL,
  build TEXT NOT NULL,
  backend TEXT NOT NULL,
  cpu_variant TEXT NOT NULL,
  gpu TEXT NOT NULL,
  model TEXT NOT NULL,
  format TEXT NOT NULL,
  isa TEXT NOT NULL,
  weights_bytes INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  mmap INTEGER NOT NULL,
  memory_bytes INTEGER,
  predicted_memory_bytes INTEGER NOT NULL,
  warnings TEXT NOT NULL
);
CREATE INDEX verification_of_device ON verification (device);
CREATE TABLE verification_phase (
  verification INTEGER NOT NULL REFERENCES verification(id) ON DELETE CASCADE,
  phase TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  tokens_per_s REAL NOT NULL,
  samples TEXT NOT NULL,
  predicted_low REAL,
  predicted REAL,
  predicted_high REAL,
  PRIMARY KEY (verification, phase)
);
CREATE TABLE verification_part (
  verification INTEGER NOT NULL REFERENCES verification(id) ON DELETE CASCADE,
  phase TEXT NOT NULL,
  part TEXT NOT NULL,
  format TEXT,
  operations REAL NOT NULL,
  seconds REAL NOT NULL
);
)",
                                              R"(
ALTER TABLE verification_part ADD COLUMN peak_seconds REAL NOT NULL DEFAULT 0;
)",
                                              R"(
ALTER TABLE measurement ADD COLUMN gpu TEXT NOT NULL DEFAULT '';
DROP INDEX measured_once;
CREATE UNIQUE INDEX measured_once ON measurement
  (run, backend, gpu, kernel, op, coalesce(format, ''), m, n, k, heads, kv_heads, context, threads);
DROP VIEW measurements;
CREATE VIEW measurements AS
  SELECT measurement.id AS measurement_id, run, device, backend, gpu, kernel, op, format, size_class, m, n, k,
         threads, seconds, spread, bytes_per_s, ops_per_s, roofline_fraction, status, reason
  FROM measurement LEFT JOIN measurement_class ON measurement_class.measurement_id = measurement.id;
CREATE TABLE gpu (
  device TEXT NOT NULL REFERENCES device(id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  driver TEXT NOT NULL,
  driver_version TEXT NOT NULL,
  vendor_id INTEGER NOT NULL,
  type TEXT NOT NULL,
  software INTEGER NOT NULL,
  unified INTEGER NOT NULL,
  memory_bytes INTEGER,
  memory_free_bytes INTEGER,
  max_storage_buffer_range INTEGER NOT NULL,
  max_allocation_bytes INTEGER NOT NULL,
  max_allocations INTEGER NOT NULL,
  PRIMARY KEY (device, id)
);
CREATE TABLE gpu_tuning (
  gpu TEXT NOT NULL,
  driver_version TEXT NOT NULL,
  kernel TEXT NOT NULL,
  parameters TEXT NOT NULL,
  seconds REAL NOT NULL,
  tuned_at TEXT NOT NULL,
  PRIMARY KEY (gpu, driver_version, kernel)
);
)",
                                              R"(
ALTER TABLE measurement ADD COLUMN engine TEXT NOT NULL DEFAULT '';
DROP INDEX measured_once;
CREATE UNIQUE INDEX measured_once ON measurement
  (run, backend, gpu, engine, kernel, op, coalesce(format, ''), m, n, k, heads, kv_heads, context, threads);
DROP VIEW measurements;
CREATE VIEW measurements AS
  SELECT measurement.id AS measurement_id, run, device, backend, gpu, engine, kernel, op, format, size_class, m, n,
         k, threads, seconds, spread, bytes_per_s, ops_per_s, roofline_fraction, status, reason
  FROM measurement LEFT JOIN measurement_class ON measurement_class.measurement_id = measurement.id;
)",
                                              R"(
CREATE TABLE kernel_race (
  device TEXT NOT NULL REFERENCES device(id),
  op TEXT NOT NULL,
  format TEXT,
  kernel TEXT NOT NULL,
  runner_up TEXT NOT NULL,
  margin REAL NOT NULL,
  seconds REAL NOT NULL,
  raced_at TEXT NOT NULL
);
CREATE UNIQUE INDEX raced_once ON kernel_race (device, op, coalesce(format, ''));
)"};
  return steps;
}

}  // namespace weighin
