#include "results/migrations.h"

#include <fmt/format.h>

#include "results/measurement_fields.h"

namespace weighin {
namespace {

std::string first_version() {
  std::string columns;
  for (const MeasurementField& field : measurement_fields()) {
    columns += fmt::format("  {} {},\n", field.name, field.sql_type);
  }
  return fmt::format(R"(
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
{}  UNIQUE (run, backend, kernel, op, format, m, n, k, heads, kv_heads, context, threads)
);
CREATE INDEX measurement_of_device ON measurement (device, op, format);
CREATE TABLE measurement_class (
  measurement_id INTEGER NOT NULL REFERENCES measurement(id) ON DELETE CASCADE,
  size_class TEXT NOT NULL,
  PRIMARY KEY (measurement_id, size_class)
) WITHOUT ROWID;
CREATE VIEW measurements AS
  SELECT measurement.id AS measurement_id, run, device, backend, kernel, op, format, size_class, m, n, k, threads,
         seconds, spread, bytes_per_s, ops_per_s, roofline_fraction, status, reason, heads, kv_heads, context
  FROM measurement LEFT JOIN measurement_class ON measurement_class.measurement_id = measurement.id;
)",
                     columns);
}

}  // namespace

const std::vector<std::string>& migrations() {
  static const std::vector<std::string> steps{first_version()};
  return steps;
}

}  // namespace weighin
