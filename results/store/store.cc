#include "results/store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "results/records/measurement_fields.h"
#include "results/store/export_csv.h"
#include "results/store/state.h"

namespace weighin {

namespace {

std::string column_list() {
  std::string names;
  for (const MeasurementField& field : measurement_fields()) names += fmt::format(", {}", field.name);
  return names;
}

/// Columns: id, the field list, the size classes separated by '|'.
Measurement read_measurement(SQLite::Statement& row) {
  Measurement measurement;
  measurement.id = row.getColumn(0).getInt64();
  int index = 1;
  for (const MeasurementField& field : measurement_fields()) {
    if (field.read) field.read(row.getColumn(index), measurement);
    ++index;
  }
  std::string classes = row.getColumn(index).getString();
  for (size_t begin = 0; begin < classes.size();) {
    const size_t end = std::min(classes.find('|', begin), classes.size());
    measurement.size_classes.push_back(classes.substr(begin, end - begin));
    begin = end + 1;
  }
  return measurement;
}

/// The rows of weighin's own kernels or of engines', of which `condition` holds.
std::vector<Measurement> select_measurements(SQLite::Database& database, const std::string& condition,
                                             const auto& argument, KernelsOf whose) {
  SQLite::Statement query(
      database,
      fmt::format(
          "SELECT id{}, coalesce((SELECT group_concat(size_class, '|') FROM measurement_class WHERE "
          "measurement_id = measurement.id), '') FROM measurement WHERE {} AND engine {} '' ORDER BY id",
          column_list(), condition, whose == KernelsOf::weighin ? "=" : "<>"));
  query.bind(1, argument);
  std::vector<Measurement> found;
  while (query.executeStep()) found.push_back(read_measurement(query));
  return found;
}

/// "COLUMN IS ?" for each of `key`, with " AND " between them.
std::string equal_in(const std::vector<std::string>& key) {
  std::string condition;
  for (const std::string& name : key)
    condition += fmt::format("{}{} IS ?", condition.empty() ? "" : " AND ", name);
  return condition;
}

void bind_key(SQLite::Statement& statement, const std::vector<std::string>& key,
              const Measurement& measurement) {
  int index = 1;
  for (const std::string& name : key)
    for (const MeasurementField& field : measurement_fields())
      if (name == field.name) field.write(statement, index++, measurement);
}

/// The problem of a measurement, and where it was measured.
const std::vector<std::string> place_and_problem{"run",      "backend", "gpu",    "engine", "op",
                                                 "format",   "m",       "n",      "k",      "heads",
                                                 "kv_heads", "context", "threads"};

/// The id of what `measurement` replaces, or 0.
int64_t id_of_same(SQLite::Database& database, const Measurement& measurement) {
  std::vector<std::string> key = place_and_problem;
  key.emplace_back("kernel");
  SQLite::Statement query(database, "SELECT id FROM measurement WHERE " + equal_in(key));
  bind_key(query, key, measurement);
  return query.executeStep() ? query.getColumn(0).getInt64() : 0;
}

/// A problem that was skipped under one kernel's name may be measured with another, which a race found
/// meanwhile.
void delete_skipped(SQLite::Database& database, const Measurement& measured) {
  SQLite::Statement statement(
      database, "DELETE FROM measurement WHERE status = 'skipped' AND " + equal_in(place_and_problem));
  bind_key(statement, place_and_problem, measured);
  statement.exec();
}

int64_t insert_measurement(SQLite::Database& database, const Measurement& measurement, int64_t id) {
  std::string marks;
  for (size_t i = 0; i < measurement_fields().size(); ++i) marks += ", ?";
  SQLite::Statement insert(database,
                           fmt::format("INSERT INTO measurement (id{}) VALUES (?{})", column_list(), marks));
  if (id) insert.bind(1, id);
  int index = 2;
  for (const MeasurementField& field : measurement_fields()) field.write(insert, index++, measurement);
  insert.exec();
  return database.getLastInsertRowid();
}

}  // namespace

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

tl::expected<Store, std::string> Store::open(const std::string& path, Access access) {
  auto database = open_store_file(path, access);
  if (!database) return tl::unexpected(database.error());
  return Store(std::make_unique<State>(State{path, std::move(*database)}));
}

tl::expected<int64_t, std::string> Store::begin_run(const Run& run) {
  return state_->guarded([&] {
    SQLite::Transaction transaction(*state_->database);
    SQLite::Statement insert(
        *state_->database,
        "INSERT INTO run (device, program_version, compiler, build, options, started_at, "
        "ended_at, outcome) VALUES (?,?,?,?,?,?,?,?)");
    int index = 1;
    for (const std::string* text : {&run.device, &run.program_version, &run.compiler, &run.build,
                                    &run.options, &run.started_at, &run.ended_at, &run.outcome}) {
      insert.bind(index++, *text);
    }
    insert.exec();
    const int64_t id = state_->database->getLastInsertRowid();
    for (const std::string& warning : run.warnings) {
      SQLite::Statement add(*state_->database, "INSERT OR IGNORE INTO run_warning VALUES (?, ?)");
      add.bind(1, id);
      add.bind(2, warning);
      add.exec();
    }
    transaction.commit();
    return id;
  });
}

tl::expected<void, std::string> Store::end_run(int64_t id, const std::string& ended_at,
                                               const std::string& outcome,
                                               const std::vector<std::string>& warnings) {
  return state_->guarded([&] {
    SQLite::Transaction transaction(*state_->database);
    SQLite::Statement update(*state_->database, "UPDATE run SET ended_at = ?, outcome = ? WHERE id = ?");
    update.bind(1, ended_at);
    update.bind(2, outcome);
    update.bind(3, id);
    update.exec();
    for (const std::string& warning : warnings) {
      SQLite::Statement add(*state_->database, "INSERT OR IGNORE INTO run_warning VALUES (?, ?)");
      add.bind(1, id);
      add.bind(2, warning);
      add.exec();
    }
    transaction.commit();
  });
}

tl::expected<int64_t, std::string> Store::record(const Measurement& measurement) {
  return state_->guarded([&] {
    SQLite::Transaction transaction(*state_->database, SQLite::TransactionBehavior::IMMEDIATE);
    const int64_t same = id_of_same(*state_->database, measurement);
    if (same) state_->database->exec(fmt::format("DELETE FROM measurement WHERE id = {}", same));
    if (measurement.status == Status::measured) delete_skipped(*state_->database, measurement);
    const int64_t id = insert_measurement(*state_->database, measurement, same);
    for (const std::string& size_class : measurement.size_classes) {
      SQLite::Statement add(*state_->database, "INSERT OR IGNORE INTO measurement_class VALUES (?, ?)");
      add.bind(1, id);
      add.bind(2, size_class);
      add.exec();
    }
    transaction.commit();
    return id;
  });
}

tl::expected<std::vector<Measurement>, std::string> Store::measurements(const std::string& device,
                                                                        KernelsOf whose) const {
  return state_->guarded([&] {
    std::map<std::tuple<std::string, std::string, std::string, std::string, Problem, uint32_t>, Measurement>
        newest;
    for (Measurement& measurement : select_measurements(*state_->database, "device = ?", device, whose)) {
      auto key = std::tuple(measurement.backend, measurement.gpu, measurement.engine, measurement.kernel,
                            measurement.problem, measurement.threads);
      const auto older = newest.find(key);
      const bool hides = older != newest.end() && older->second.status == Status::measured &&
                         measurement.status != Status::measured;
      if (!hides) newest.insert_or_assign(std::move(key), std::move(measurement));
    }
    std::vector<Measurement> found;
    for (auto& [key, measurement] : newest) found.push_back(std::move(measurement));
    return found;
  });
}

tl::expected<std::vector<Measurement>, std::string> Store::measurements_of_run(int64_t run,
                                                                               KernelsOf whose) const {
  return state_->guarded([&] { return select_measurements(*state_->database, "run = ?", run, whose); });
}

tl::expected<std::optional<Run>, std::string> Store::last_run(const std::string& device) const {
  return state_->guarded([&]() -> std::optional<Run> {
    SQLite::Statement query(*state_->database, "SELECT * FROM run WHERE device = ? ORDER BY id DESC LIMIT 1");
    query.bind(1, device);
    if (!query.executeStep()) return std::nullopt;
    const auto text = [&](const char* name) { return query.getColumn(name).getString(); };
    Run run{.id = query.getColumn("id").getInt64(),
            .device = device,
            .program_version = text("program_version"),
            .compiler = text("compiler"),
            .build = text("build"),
            .options = text("options"),
            .started_at = text("started_at"),
            .ended_at = text("ended_at"),
            .outcome = text("outcome"),
            .warnings = {}};
    SQLite::Statement warnings(*state_->database,
                               "SELECT warning FROM run_warning WHERE run = ? ORDER BY rowid");
    warnings.bind(1, run.id);
    while (warnings.executeStep()) run.warnings.push_back(warnings.getColumn(0).getString());
    return run;
  });
}

tl::expected<std::vector<std::string>, std::string> Store::export_csv(const std::string& folder) const {
  auto written = state_->guarded([&] { return weighin::export_csv(*state_->database, folder); });
  if (!written) return tl::unexpected(written.error());
  return *written;
}

}  // namespace weighin
