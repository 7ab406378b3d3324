#include "probes/gpu/nvml.h"

#include <nlohmann/json.hpp>

#include "probes/gpu/nvml_child.h"

namespace weighin {

namespace {

using nlohmann::json;
constexpr const char* source = "NVML (libnvidia-ml.so.1), in a child process";
// Without the persistence daemon the driver starts the cards first, which takes one to two seconds (NVIDIA's
// "Driver Persistence", recalled).
constexpr std::chrono::milliseconds time_limit{3000};

Fact<std::vector<NvmlGpu>> none(std::string reason) {
  return absent<std::vector<NvmlGpu>>(std::move(reason), source);
}

template <class T>
Fact<T> value_in(const json& row, const char* name) {
  return row.contains(name) ? known(row[name].get<T>(), source) : absent<T>("NVML does not say", source);
}

NvmlGpu gpu_from(const json& row) {
  return {.name = row.value("name", "NVIDIA GPU"),
          .pci = row.value("pci", ""),
          .vendor_id = row.value("vendor_id", 0U),
          .device_id = row.value("device_id", 0U),
          .without_memory = row.value("without_memory", false),
          .memory_total_bytes = value_in<uint64_t>(row, "memory_total_bytes"),
          .memory_free_bytes = value_in<uint64_t>(row, "memory_free_bytes"),
          .sensors = {.temperature_c = value_in<double>(row, "temperature_c"),
                      .power_w = value_in<double>(row, "power_w"),
                      .power_limit_w = value_in<double>(row, "power_limit_w"),
                      .clock_mhz = value_in<double>(row, "clock_mhz")}};
}

}  // namespace

Fact<std::vector<NvmlGpu>> nvml_gpus_from_json(const std::string& text) {
  const json answer = json::parse(text, nullptr, false);
  if (!answer.is_object()) return none("the NVML child process gave no readable answer");
  if (answer.contains("absent") && answer["absent"].is_string())
    return none(answer["absent"].get<std::string>());
  std::vector<NvmlGpu> gpus;
  try {
    for (const json& row : answer.at("gpus")) gpus.push_back(gpu_from(row));
  } catch (const json::exception&) {
    return none("the NVML child process gave an answer of the wrong shape");
  }
  return known(std::move(gpus), source);
}

Fact<std::vector<NvmlGpu>> nvml_gpus(const Host& host) {
  // The driver makes /dev/nvidiactl on Linux. Under WSL2 the GPU is reached through /dev/dxg.
  if (!host.exists("/dev/nvidiactl") && !host.exists("/dev/dxg"))
    return none("there is no driver of NVIDIA's (/dev/nvidiactl)");
  if (host.program.empty() || !host.run_process) return none("no child process could look");
  const auto result = host.run_process({host.program.string(), nvml_child_command}, time_limit);
  if (!result) return none(result.error());
  if (result->timed_out) return none("NVML did not answer within 3 s and was stopped");
  if (result->signal != 0 || result->exit_code != 0) return none("NVML crashed");
  return nvml_gpus_from_json(result->output);
}

}  // namespace weighin
