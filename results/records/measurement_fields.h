// The field list of Measurement: the one place that says how each field is called, stored and described.
// CREATE TABLE, INSERT, SELECT, CSV and docs/schema.md are all made from it.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <span>
#include <string>

#include "results/records/measurement.h"

namespace weighin {

struct MeasurementField {
  const char* name;
  const char* sql_type;
  const char* about;
  void (*write)(SQLite::Statement& statement, int index, const Measurement& measurement);
  void (*read)(const SQLite::Column& column, Measurement& measurement);  // null: computed when written
};

/// Every column of table `measurement` but its id, in order.
std::span<const MeasurementField> measurement_fields();

}  // namespace weighin
