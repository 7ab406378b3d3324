// Devices, their GPUs and what was found best for those, in the store.
#include <fmt/format.h>

#include <concepts>
#include <variant>

#include "models/text/letters.h"
#include "probes/machine/vulkan_device_fields.h"
#include "results/store/state.h"

namespace weighin {
namespace {

void bind_value(SQLite::Statement& statement, int index, const std::string& text) {
  statement.bind(index, text);
}

template <std::unsigned_integral Number>
void bind_value(SQLite::Statement& statement, int index, Number number) {
  statement.bind(index, static_cast<int64_t>(number));
}

void bind_value(SQLite::Statement& statement, int index, const Fact<uint64_t>& fact) {
  if (fact.known()) {
    statement.bind(index, static_cast<int64_t>(*fact.value));
  } else {
    statement.bind(index);
  }
}

void read_value(const SQLite::Column& column, std::string& text) {
  text = column.getString();
}

template <std::unsigned_integral Number>
void read_value(const SQLite::Column& column, Number& number) {
  number = static_cast<Number>(column.getInt64());
}

void read_value(const SQLite::Column& column, Fact<uint64_t>& fact) {
  constexpr const char* source = "the store";
  fact = column.isNull() ? absent<uint64_t>("it was not known when it was probed", source)
                         : known(static_cast<uint64_t>(column.getInt64()), source);
}

/// Calls `use` with the place of each field that table gpu has a column for: text, a number, or a fact.
template <class Use>
void for_each_column(Use use) {
  for (const VulkanDeviceField& field : vulkan_device_fields()) {
    if (field.column == nullptr) continue;
    std::visit(
        [&](auto member) {
          if constexpr (requires(SQLite::Statement & statement, VulkanDevice & gpu) {
                          bind_value(statement, 0, gpu.*member);
                        })
            use(field.column, member);
        },
        field.member);
  }
}

/// Replaces the GPUs that are stored for `device` by those that it has now.
void put_gpus(SQLite::Database& database, const Device& device) {
  SQLite::Statement forget(database, "DELETE FROM gpu WHERE device = ?");
  forget.bind(1, device.id);
  forget.exec();
  std::string columns = "device", places = "?";
  for_each_column([&](const char* column, auto) {
    columns += fmt::format(", {}", column);
    places += ", ?";
  });
  for (const VulkanDevice& gpu : *device.gpus) {
    if (gpu.id.empty()) continue;  // no measurement can name it
    SQLite::Statement put(database,
                          fmt::format("INSERT OR REPLACE INTO gpu ({}) VALUES ({})", columns, places));
    int index = 1;
    put.bind(index++, device.id);
    for_each_column([&](const char*, auto member) { bind_value(put, index++, gpu.*member); });
    put.exec();
  }
}

std::vector<VulkanDevice> gpus_of(SQLite::Database& database, const std::string& device) {
  SQLite::Statement query(database, "SELECT * FROM gpu WHERE device = ? ORDER BY name, id");
  query.bind(1, device);
  std::vector<VulkanDevice> gpus;
  while (query.executeStep()) {
    VulkanDevice gpu;
    for_each_column(
        [&](const char* column, auto member) { read_value(query.getColumn(column), gpu.*member); });
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
  const bool several = !found.empty();
  if (!several)
    for (const Device& device : *known) found.push_back(&device);
  std::string labels;
  for (const Device* device : found)
    labels += fmt::format("{}{} ({})", labels.empty() ? "" : ", ", device->label, device->id);
  if (several)
    return tl::unexpected(fmt::format("\"{}\" is more than one device; use an id: {}", name, labels));
  return tl::unexpected(fmt::format("no device is called \"{}\"; {}", name,
                                    labels.empty() ? "the database has none" : "known are: " + labels));
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

tl::expected<void, std::string> Store::put_race(const KernelRace& race) {
  return state_->guarded([&] {
    SQLite::Statement put(*state_->database, "INSERT OR REPLACE INTO kernel_race VALUES (?,?,?,?,?,?,?,?)");
    put.bind(1, race.device);
    put.bind(2, std::string(op_name(race.op)));
    if (race.format != FormatId::none) put.bind(3, std::string(format_of(race.format).name));
    put.bind(4, race.kernel);
    put.bind(5, race.runner_up);
    put.bind(6, race.margin);
    put.bind(7, race.seconds);
    put.bind(8, race.raced_at);
    put.exec();
  });
}

tl::expected<std::vector<KernelRace>, std::string> Store::races(const std::string& device) const {
  return state_->guarded([&] {
    SQLite::Statement query(
        *state_->database,
        "SELECT op, coalesce(format, ''), kernel, runner_up, margin, seconds, raced_at FROM "
        "kernel_race WHERE device = ? ORDER BY op, format");
    query.bind(1, device);
    std::vector<KernelRace> found;
    while (query.executeStep()) {
      KernelRace race{.device = device,
                      .kernel = query.getColumn(2).getString(),
                      .runner_up = query.getColumn(3).getString(),
                      .margin = query.getColumn(4).getDouble(),
                      .seconds = query.getColumn(5).getDouble(),
                      .raced_at = query.getColumn(6).getString()};
      const std::string format = query.getColumn(1).getString();
      // An operation or format of another version of this program is left out.
      if (!find_op(query.getColumn(0).getString(), race.op)) continue;
      if (!format.empty()) {
        const QuantFormat* known = find_format(format);
        if (known == nullptr) continue;
        race.format = known->id;
      }
      found.push_back(std::move(race));
    }
    return found;
  });
}

}  // namespace weighin
