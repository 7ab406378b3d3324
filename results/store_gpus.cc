#include "results/store_gpus.h"

#include "results/store_state.h"

namespace weighin {

void put_gpus(SQLite::Database& database, const std::string& device, const std::vector<StoredGpu>& gpus) {
  SQLite::Statement clear(database, "DELETE FROM gpu WHERE device = ?");
  clear.bind(1, device);
  clear.exec();
  for (const StoredGpu& gpu : gpus) {
    SQLite::Statement put(database, R"(
INSERT OR REPLACE INTO gpu (device, id, name, driver, driver_version, type, probed_at, facts, vendor_id, software,
  unified, memory_bytes, memory_free_bytes, max_storage_buffer_range, max_allocation_bytes, max_allocations)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?))");
    int index = 1;
    for (const std::string* text : {&device, &gpu.id, &gpu.name, &gpu.driver, &gpu.driver_version, &gpu.type,
                                    &gpu.probed_at, &gpu.facts_json})
      put.bind(index++, *text);
    for (const uint64_t number :
         {uint64_t{gpu.vendor_id}, uint64_t{gpu.software}, uint64_t{gpu.unified}, gpu.memory_bytes,
          gpu.memory_free_bytes, gpu.max_storage_buffer_range, gpu.max_allocation_bytes, gpu.max_allocations})
      put.bind(index++, static_cast<int64_t>(number));
    put.exec();
  }
}

std::vector<StoredGpu> stored_gpus(SQLite::Database& database, const std::string& device) {
  SQLite::Statement query(database, "SELECT * FROM gpu WHERE device = ? ORDER BY name, id");
  query.bind(1, device);
  std::vector<StoredGpu> gpus;
  while (query.executeStep()) {
    const auto text = [&](const char* name) { return query.getColumn(name).getString(); };
    const auto number = [&](const char* name) {
      return static_cast<uint64_t>(query.getColumn(name).getInt64());
    };
    gpus.push_back({.id = text("id"),
                    .name = text("name"),
                    .driver = text("driver"),
                    .driver_version = text("driver_version"),
                    .vendor_id = static_cast<uint32_t>(number("vendor_id")),
                    .type = text("type"),
                    .software = number("software") != 0,
                    .unified = number("unified") != 0,
                    .memory_bytes = number("memory_bytes"),
                    .memory_free_bytes = number("memory_free_bytes"),
                    .max_storage_buffer_range = number("max_storage_buffer_range"),
                    .max_allocation_bytes = number("max_allocation_bytes"),
                    .max_allocations = number("max_allocations"),
                    .probed_at = text("probed_at"),
                    .facts_json = text("facts")});
  }
  return gpus;
}

tl::expected<void, std::string> Store::put_tuning(const GpuTuning& tuning) {
  return state_->guarded([&] {
    SQLite::Statement put(*state_->database,
                          "INSERT OR REPLACE INTO gpu_tuning (gpu, driver_version, kernel, parameters, "
                          "tuned_at, seconds) VALUES (?,?,?,?,?,?)");
    int index = 1;
    for (const std::string* text :
         {&tuning.gpu, &tuning.driver_version, &tuning.kernel, &tuning.parameters, &tuning.tuned_at})
      put.bind(index++, *text);
    put.bind(index, tuning.seconds);
    put.exec();
  });
}

tl::expected<std::vector<GpuTuning>, std::string> Store::tunings(const std::string& gpu,
                                                                 const std::string& driver_version) const {
  return state_->guarded([&] {
    SQLite::Statement query(*state_->database,
                            "SELECT * FROM gpu_tuning WHERE gpu = ? AND driver_version = ? ORDER BY kernel");
    query.bind(1, gpu);
    query.bind(2, driver_version);
    std::vector<GpuTuning> found;
    while (query.executeStep()) {
      const auto text = [&](const char* name) { return query.getColumn(name).getString(); };
      found.push_back({.gpu = gpu,
                       .driver_version = driver_version,
                       .kernel = text("kernel"),
                       .parameters = text("parameters"),
                       .seconds = query.getColumn("seconds").getDouble(),
                       .tuned_at = text("tuned_at")});
    }
    return found;
  });
}

}  // namespace weighin
