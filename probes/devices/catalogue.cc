#include "probes/devices/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "models/text/json_value.h"

namespace weighin {

std::span<const std::pair<std::string_view, std::string_view>>
device_files();  // probes/devices/catalog/*.json

namespace {

using nlohmann::json;

/// Reads the object of one device. Keeps the first wrong field as the error.
class DeviceReader {
 public:
  DeviceReader(std::string_view file, const json& head, const json& object)
      : file_(file), head_(head), object_(object) {
    name_ = field_or<std::string>(object, "name", "");
  }

  DeviceSpec read() {
    DeviceSpec device;
    device.name = name_;
    if (name_.empty()) wrong("name", "is missing");
    read_list("aliases", device.aliases);
    device.kind = read_kind();
    device.vendor = inherited("vendor");
    device.chip = field_or<std::string>(object_, "chip", "");
    device.year = static_cast<unsigned>(field_or<uint64_t>(object_, "year", 0));
    if (object_.contains("year") && (device.year < 2005 || device.year > 2030))
      wrong("year", "is no year from 2005 to 2030");
    device.count = static_cast<unsigned>(field_or<uint64_t>(object_, "count", 1));
    if (device.count < 1 || device.count > 1024) wrong("count", "is no number from 1 to 1024");
    read_list("memory_gib", device.memory_gib);
    if (object_.contains("memory_checked"))
      device.memory_checked = basis(object_["memory_checked"], "memory_checked");
    if (!device.memory_gib.empty()) device.memory_checked.value = device.memory_gib.front();
    device.unified = flag("unified");
    device.memory_fitted = flag("memory_fitted");
    device.bandwidth_gbs = number(object_, "bandwidth_gbs");
    device.cpu = part("cpu");
    device.gpu = part("gpu");
    device.npu = part("npu");
    device.usual_part = read_usual_part(device);
    device.remark = field_or<std::string>(object_, "remark", "");
    return device;
  }

  const std::string& error() const { return error_; }

 private:
  void wrong(std::string_view field, std::string_view what) {
    if (error_.empty())
      error_ = fmt::format("probes/devices/catalog/{}: {}: field \"{}\" {}", file_, name_, field, what);
  }

  /// The field of `from`, or `otherwise` if it has none. A field of another type is an error.
  template <class T>
  T field_or(const json& from, const char* field, T otherwise) {
    if (!from.contains(field)) return otherwise;
    if (auto read = json_field<T>(from, field)) return std::move(*read);
    wrong(field, std::is_same_v<T, bool>          ? "is neither true nor false"
                 : std::is_same_v<T, std::string> ? "is no text"
                                                  : "is no whole number of at least 0");
    return otherwise;
  }

  /// The field of the device or, if it has none, that of the file.
  std::string inherited(const char* field) {
    return field_or<std::string>(object_.contains(field) ? object_ : head_, field, "");
  }

  bool flag(const char* field) { return field_or(object_.contains(field) ? object_ : head_, field, false); }

  template <class T>
  void read_list(const char* field, std::vector<T>& list) {
    if (!object_.contains(field)) return;
    if (auto read = json_field<std::vector<T>>(object_, field))
      list = std::move(*read);
    else
      wrong(field, "is no list of its kind");
  }

  DeviceKind read_kind() {
    const std::string word = inherited("kind");
    for (const DeviceKind kind : all_device_kinds())
      if (device_kind_name(kind) == word) return kind;
    wrong("kind", "is no kind of device");
    return DeviceKind::cpu;
  }

  DevicePart read_usual_part(const DeviceSpec& device) {
    const std::string word = inherited("usual_part");
    if (word == "cpu") return DevicePart::cpu;
    if (word == "gpu") return DevicePart::gpu;
    if (word == "npu") return DevicePart::npu;
    if (!word.empty()) wrong("usual_part", "is none of cpu, gpu, npu");
    return device.gpu.there() && !device.cpu.there() ? DevicePart::gpu : DevicePart::cpu;
  }

  /// ["read", "wikipedia"]: how a number was checked, and the key of a source in the file's list.
  SpecNumber basis(const json& words, std::string_view field) {
    SpecNumber number;
    if (!words.is_array() || words.size() != 2 || !words[0].is_string() || !words[1].is_string()) {
      wrong(field, "is no [checked, source]");
      return number;
    }
    const std::string checked = words[0], source = words[1];
    number.checked = checked == "read"      ? SpecChecked::read
                     : checked == "derived" ? SpecChecked::derived
                                            : SpecChecked::recalled;
    if (checked != spec_checked_name(number.checked)) wrong(field, "was checked in no way known");
    number.source = head_.contains("sources")
                        ? json_field<std::string>(head_["sources"], source.c_str()).value_or("")
                        : "";
    if (number.source.empty()) wrong(field, "has a source that the file does not list");
    return number;
  }

  /// A number with its check and source: [504.2, "read", "wikipedia"].
  SpecNumber number(const json& from, const char* field) {
    if (!from.contains(field)) return {};
    const json& value = from[field];
    if (!value.is_array() || value.size() != 3 || !value[0].is_number() || value[0].get<double>() <= 0) {
      wrong(field, "is no [number above 0, checked, source]");
      return {};
    }
    SpecNumber number = basis({value[1], value[2]}, field);
    number.value = value[0];
    return number;
  }

  PartSpec part(const char* field) {
    PartSpec spec;
    if (!object_.contains(field)) return spec;
    const json& from = object_[field];
    if (!from.is_object()) {
      wrong(field, "is no object");
      return spec;
    }
    spec.name = field_or<std::string>(from, "name", "");
    spec.isa = field_or<std::string>(from, "isa", "");
    spec.cores = static_cast<unsigned>(field_or<uint64_t>(from, "cores", 0));
    spec.matrix_units = field_or(from, "matrix_units", false);
    spec.fp16_tflops = number(from, "fp16_tflops");
    spec.fp32_tflops = number(from, "fp32_tflops");
    spec.int8_tops = number(from, "int8_tops");
    spec.bandwidth_gbs = number(from, "bandwidth_gbs");
    return spec;
  }

  std::string_view file_;
  const json& head_;
  const json& object_;
  std::string name_, error_;
};

/// Whether the device is a product: something that one buys with its chip inside.
bool is_product(const DeviceSpec& device) {
  return !device.bandwidth_gbs.known() && !device.chip.empty();
}

std::vector<DeviceSpec> load_devices() {
  std::vector<DeviceSpec> devices;
  for (const auto& [file, text] : device_files()) {
    // A file that does not parse is a defect of the build. The tests parse every file and name the field.
    auto parsed = parse_devices(file, text);
    if (parsed) std::move(parsed->begin(), parsed->end(), std::back_inserter(devices));
  }
  if (!join_chips(devices)) std::erase_if(devices, is_product);
  std::stable_sort(devices.begin(), devices.end(),
                   [](const DeviceSpec& a, const DeviceSpec& b) { return a.kind < b.kind; });
  return devices;
}

}  // namespace

tl::expected<std::vector<DeviceSpec>, std::string> parse_devices(std::string_view file_name,
                                                                 std::string_view json_text) {
  const json head = json::parse(json_text, nullptr, false);
  if (!head.is_object() || !head.contains("devices") || !head["devices"].is_array())
    return tl::unexpected(
        fmt::format("probes/devices/catalog/{}: not a JSON object with a list \"devices\"", file_name));
  std::vector<DeviceSpec> devices;
  for (const json& object : head["devices"]) {
    if (!object.is_object())
      return tl::unexpected(fmt::format("probes/devices/catalog/{}: a device is no JSON object", file_name));
    DeviceReader reader(file_name, head, object);
    devices.push_back(reader.read());
    if (!reader.error().empty()) return tl::unexpected(reader.error());
  }
  return devices;
}

tl::expected<void, std::string> join_chips(std::vector<DeviceSpec>& devices) {
  std::map<std::string_view, const DeviceSpec*> chips;
  for (const DeviceSpec& device : devices)
    if (!is_product(device)) chips.emplace(device.name, &device);
  for (DeviceSpec& device : devices) {
    if (!is_product(device)) continue;
    const auto chip = chips.find(device.chip);
    if (chip == chips.end())
      return tl::unexpected(
          fmt::format("the catalogue's {} has the chip {}, which is not in it", device.name, device.chip));
    const DeviceSpec& from = *chip->second;
    device.bandwidth_gbs = from.bandwidth_gbs;
    device.unified = from.unified;
    device.memory_fitted |= from.memory_fitted && device.memory_gib.empty();
    device.cpu = from.cpu;
    device.gpu = from.gpu;
    device.npu = from.npu;
    device.usual_part = from.usual_part;
    if (device.memory_gib.empty()) device.memory_checked = from.memory_checked;
    if (device.memory_gib.empty()) device.memory_gib = from.memory_gib;
  }
  return {};
}

const std::vector<DeviceSpec>& all_devices() {
  static const std::vector<DeviceSpec> devices = load_devices();
  return devices;
}

}  // namespace weighin
