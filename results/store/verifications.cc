// Verifications in the store.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "results/store/state.h"

namespace weighin {
namespace {

void insert_phase(SQLite::Database& database, int64_t id, const VerifiedPhase& phase) {
  SQLite::Statement insert(database, "INSERT INTO verification_phase VALUES (?,?,?,?,?,?,?,?)");
  insert.bind(1, id);
  insert.bind(2, std::string(phase_name(phase.phase)));
  insert.bind(3, static_cast<int64_t>(phase.tokens));
  insert.bind(4, phase.tps);
  insert.bind(5, nlohmann::json(phase.samples).dump());
  if (phase.predicted) {
    insert.bind(6, phase.predicted->low);
    insert.bind(7, phase.predicted->mid);
    insert.bind(8, phase.predicted->high);
  }
  insert.exec();
  for (const StepPartTime& part : phase.parts) {
    SQLite::Statement add(database, "INSERT INTO verification_part VALUES (?,?,?,?,?,?,?)");
    add.bind(1, id);
    add.bind(2, std::string(phase_name(phase.phase)));
    add.bind(3, std::string(part_name_of(part.kind)));
    if (part.format != FormatId::none) add.bind(4, std::string(format_of(part.format).name));
    add.bind(5, part.operations);
    add.bind(6, part.seconds);
    add.bind(7, part.peak_s);
    add.exec();
  }
}

std::vector<StepPartTime> parts_of(SQLite::Database& database, int64_t id, const std::string& phase) {
  SQLite::Statement query(
      database,
      "SELECT part, format, operations, seconds, peak_seconds FROM verification_part WHERE "
      "verification = ? AND phase = ? ORDER BY rowid");
  query.bind(1, id);
  query.bind(2, phase);
  std::vector<StepPartTime> parts;
  while (query.executeStep()) {
    StepPartTime part;
    for (const PartKind kind : {PartKind::product, PartKind::attention, PartKind::other})
      if (query.getColumn(0).getString() == part_name_of(kind)) part.kind = kind;
    if (const QuantFormat* format = find_format(query.getColumn(1).getString())) part.format = format->id;
    part.operations = query.getColumn(2).getDouble();
    part.seconds = query.getColumn(3).getDouble();
    part.peak_s = query.getColumn(4).getDouble();
    parts.push_back(part);
  }
  return parts;
}

std::vector<VerifiedPhase> phases_of(SQLite::Database& database, int64_t id) {
  SQLite::Statement query(database,
                          "SELECT phase, tokens, tokens_per_s, samples, predicted_low, predicted, "
                          "predicted_high FROM verification_phase WHERE verification = ? ORDER BY phase");
  query.bind(1, id);
  std::vector<VerifiedPhase> phases;
  while (query.executeStep()) {
    VerifiedPhase phase;
    const std::string name = query.getColumn(0).getString();
    phase.phase = name == phase_name(Phase::decode) ? Phase::decode : Phase::prefill;
    phase.tokens = query.getColumn(1).getUInt();
    phase.tps = query.getColumn(2).getDouble();
    const auto samples = nlohmann::json::parse(query.getColumn(3).getString(), nullptr, false);
    if (samples.is_array())
      for (const auto& sample : samples)
        if (sample.is_number()) phase.samples.push_back(sample.get<double>());
    if (!query.getColumn(5).isNull())
      phase.predicted = Interval{query.getColumn(4).getDouble(), query.getColumn(5).getDouble(),
                                 query.getColumn(6).getDouble()};
    phase.parts = parts_of(database, id, name);
    phases.push_back(std::move(phase));
  }
  return phases;
}

}  // namespace

tl::expected<int64_t, std::string> Store::record(const Verification& v) {
  return state_->guarded([&] {
    SQLite::Database& database = *state_->database;
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement insert(database, R"(
INSERT INTO verification (device, verified_at, engine, build, backend, cpu_variant, gpu, model, format, isa,
                          weights_bytes, threads, depth, mmap, memory_bytes, predicted_memory_bytes,
                          warnings)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?))");
    int index = 1;
    for (const std::string* text : {&v.device, &v.verified_at, &v.engine, &v.build, &v.backend,
                                    &v.cpu_variant, &v.gpu, &v.model, &v.format, &v.isa})
      insert.bind(index++, *text);
    for (const uint64_t number : {v.weights_bytes, uint64_t{v.threads}, uint64_t{v.depth}, uint64_t{v.mmap}})
      insert.bind(index++, static_cast<int64_t>(number));
    if (v.memory_bytes) insert.bind(index, static_cast<int64_t>(v.memory_bytes));
    insert.bind(index + 1, static_cast<int64_t>(v.predicted_memory_bytes));
    insert.bind(index + 2, nlohmann::json(v.warnings).dump());
    insert.exec();
    const int64_t id = database.getLastInsertRowid();
    for (const VerifiedPhase& phase : v.phases) insert_phase(database, id, phase);
    transaction.commit();
    return id;
  });
}

tl::expected<std::vector<Verification>, std::string> Store::verifications(const std::string& device) const {
  return state_->guarded([&] {
    SQLite::Statement query(*state_->database, "SELECT * FROM verification WHERE device = ? ORDER BY id");
    query.bind(1, device);
    std::vector<Verification> found;
    while (query.executeStep()) {
      const auto text = [&](const char* name) { return query.getColumn(name).getString(); };
      const auto number = [&](const char* name) { return query.getColumn(name).getInt64(); };
      Verification v{.id = number("id"),
                     .device = device,
                     .verified_at = text("verified_at"),
                     .engine = text("engine"),
                     .build = text("build"),
                     .backend = text("backend"),
                     .cpu_variant = text("cpu_variant"),
                     .gpu = text("gpu"),
                     .model = text("model"),
                     .format = text("format"),
                     .weights_bytes = static_cast<uint64_t>(number("weights_bytes")),
                     .threads = static_cast<uint32_t>(number("threads")),
                     .depth = static_cast<uint32_t>(number("depth")),
                     .mmap = number("mmap") != 0,
                     .isa = text("isa"),
                     .memory_bytes = static_cast<uint64_t>(number("memory_bytes")),
                     .predicted_memory_bytes = static_cast<uint64_t>(number("predicted_memory_bytes")),
                     .warnings = {},
                     .phases = {}};
      const auto warnings = nlohmann::json::parse(text("warnings"), nullptr, false);
      if (warnings.is_array())
        for (const auto& warning : warnings)
          if (warning.is_string()) v.warnings.push_back(warning.get<std::string>());
      v.phases = phases_of(*state_->database, v.id);
      found.push_back(std::move(v));
    }
    return found;
  });
}

}  // namespace weighin
