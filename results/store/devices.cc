// Devices, their GPUs and what was found best for those, in the store.
#include <fmt/format.h>

#include "models/text/letters.h"
#include "results/store/state.h"

namespace weighin {
namespace {

void bind_fact(SQLite::Statement& statement, int index, const Fact<uint64_t>& fact) {
  if (fact.known()) {
    statement.bind(index, static_cast<int64_t>(*fact.value));
  } else {
    statement.bind(index);
  }
}

/// The GPUs as they are now in place of those that were there before.
void put_gpus(SQLite::Database& database, const Device& device) {
  SQLite::Statement forget(database, "DELETE FROM gpu WHERE device = ?");
  forget.bind(1, device.id);
  forget.exec();
  for (const VulkanDevice& gpu : *device.gpus) {
    if (gpu.id.empty()) continue;  // no measurement can name it
    SQLite::Statement put(database, "INSERT OR REPLACE INTO gpu VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    int index = 1;
    for (const std::string* text : {&device.id, &gpu.id, &gpu.name, &gpu.driver, &gpu.driver_version})
      put.bind(index++, *text);
    put.bind(index++, static_cast<int64_t>(gpu.vendor_id));
    put.bind(index++, gpu.type);
    put.bind(index++, static_cast<int>(gpu.software));
    put.bind(index++, static_cast<int>(gpu.unified));
    bind_fact(put, index++, gpu.memory_total_bytes);
    bind_fact(put, index++, gpu.memory_free_bytes);
    for (const uint64_t limit :
         {gpu.max_storage_buffer_range, gpu.max_allocation_bytes, uint64_t{gpu.max_allocations}})
      put.bind(index++, static_cast<int64_t>(limit));
    put.exec();
  }
}

std::vector<VulkanDevice> gpus_of(SQLite::Database& database, const std::string& device) {
  SQLite::Statement query(database, "SELECT * FROM gpu WHERE device = ? ORDER BY name, id");
  query.bind(1, device);
  std::vector<VulkanDevice> gpus;
  while (query.executeStep()) {
    const auto text = [&](const char* name) { return query.getColumn(name).getString(); };
    const auto number = [&](const char* name) {
      return static_cast<uint64_t>(query.getColumn(name).getInt64());
    };
    const auto fact = [&](const char* name) {
      constexpr const char* source = "the store";
      return query.getColumn(name).isNull() ? absent<uint64_t>("it was not known when it was probed", source)
                                            : known(number(name), source);
    };
    VulkanDevice gpu;
    gpu.id = text("id");
    gpu.name = text("name");
    gpu.driver = text("driver");
    gpu.driver_version = text("driver_version");
    gpu.vendor_id = static_cast<uint32_t>(number("vendor_id"));
    gpu.type = text("type");
    gpu.software = number("software") != 0;
    gpu.unified = number("unified") != 0;
    gpu.memory_total_bytes = fact("memory_bytes");
    gpu.memory_free_bytes = fact("memory_free_bytes");
    gpu.max_storage_buffer_range = number("max_storage_buffer_range");
    gpu.max_allocation_bytes = number("max_allocation_bytes");
    gpu.max_allocations = static_cast<uint32_t>(number("max_allocations"));
    gpus.push_back(std::move(gpu));
  }
  return gpus;
}

}  // namespace

tl::expected<void, std::string> Store::put_device(const Device& device) {
  return state_->guarded([&] {
    SQLite::Transaction transaction(*state_->database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement put(*state_->database, R"(
INSERT INTO device (id, label, cpu, cores, threads, memory_bytes, memory_available_bytes, memory_limit,
                    memory_limit_bytes, storage_free_bytes, probed_at, facts) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
ON CONFLICT (id) DO UPDATE SET label = excluded.label, cpu = excluded.cpu, cores = excluded.cores,
  threads = excluded.threads, memory_bytes = excluded.memory_bytes,
  memory_available_bytes = excluded.memory_available_bytes, memory_limit = excluded.memory_limit,
  memory_limit_bytes = excluded.memory_limit_bytes, storage_free_bytes = excluded.storage_free_bytes,
  probed_at = excluded.probed_at, facts = excluded.facts)");
    put.bind(1, device.id);
    put.bind(2, device.label);
    put.bind(3, device.cpu);
    put.bind(4, static_cast<int64_t>(device.cores));
    put.bind(5, static_cast<int64_t>(device.threads));
    put.bind(6, static_cast<int64_t>(device.memory_bytes));
    put.bind(7, static_cast<int64_t>(device.memory_available_bytes));
    put.bind(8, device.memory_limit);
    put.bind(9, static_cast<int64_t>(device.memory_limit_bytes));
    put.bind(10, static_cast<int64_t>(device.storage_free_bytes));
    put.bind(11, device.probed_at);
    put.bind(12, device.facts_json);
    put.exec();
    if (device.gpus) put_gpus(*state_->database, device);
    transaction.commit();
  });
}

tl::expected<std::vector<Device>, std::string> Store::devices() const {
  return state_->guarded([&] {
    SQLite::Statement query(*state_->database, "SELECT * FROM device ORDER BY label, id");
    std::vector<Device> devices;
    while (query.executeStep()) {
      const auto text = [&](const char* name) { return query.getColumn(name).getString(); };
      const auto number = [&](const char* name) {
        return static_cast<uint64_t>(query.getColumn(name).getInt64());
      };
      devices.push_back({.id = text("id"),
                         .label = text("label"),
                         .cpu = text("cpu"),
                         .cores = static_cast<uint32_t>(number("cores")),
                         .threads = static_cast<uint32_t>(number("threads")),
                         .memory_bytes = number("memory_bytes"),
                         .memory_available_bytes = number("memory_available_bytes"),
                         .memory_limit = text("memory_limit"),
                         .memory_limit_bytes = number("memory_limit_bytes"),
                         .storage_free_bytes = number("storage_free_bytes"),
                         .probed_at = text("probed_at"),
                         .facts_json = text("facts"),
                         .gpus = gpus_of(*state_->database, text("id"))});
    }
    return devices;
  });
}

tl::expected<Device, std::string> Store::find_device(const std::string& name) const {
  const auto known = devices();
  if (!known) return tl::unexpected(known.error());
  std::vector<const Device*> found;
  for (const Device& device : *known) {
    if (device.id == name) return device;
    const bool begins = name.size() >= 4 && device.id.starts_with(name);
    if (same_letters(device.label, name) || begins) found.push_back(&device);
  }
  if (found.size() == 1) return *found.front();
  std::string labels;
  for (const Device& device : *known)
    labels += fmt::format("{}{} ({})", labels.empty() ? "" : ", ", device.label, device.id);
  if (found.empty())
    return tl::unexpected(fmt::format("no device is called \"{}\"; known are: {}", name, labels));
  return tl::unexpected(fmt::format("\"{}\" is more than one device; use an id: {}", name, labels));
}

tl::expected<void, std::string> Store::put_tuning(const GpuTuning& tuning) {
  return state_->guarded([&] {
    SQLite::Statement put(*state_->database, "INSERT OR REPLACE INTO gpu_tuning VALUES (?,?,?,?,?,?)");
    put.bind(1, tuning.gpu);
    put.bind(2, tuning.driver_version);
    put.bind(3, tuning.kernel);
    put.bind(4, tuning.parameters);
    put.bind(5, tuning.seconds);
    put.bind(6, tuning.tuned_at);
    put.exec();
  });
}

tl::expected<std::vector<GpuTuning>, std::string> Store::tunings(const std::string& gpu,
                                                                 const std::string& driver_version) const {
  return state_->guarded([&] {
    SQLite::Statement query(*state_->database,
                            "SELECT kernel, parameters, seconds, tuned_at FROM gpu_tuning WHERE gpu = ? AND "
                            "driver_version = ? ORDER BY kernel");
    query.bind(1, gpu);
    query.bind(2, driver_version);
    std::vector<GpuTuning> found;
    while (query.executeStep())
      found.push_back({gpu, driver_version, query.getColumn(0).getString(), query.getColumn(1).getString(),
                       query.getColumn(2).getDouble(), query.getColumn(3).getString()});
    return found;
  });
}

}  // namespace weighin
