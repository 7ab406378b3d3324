#include "probes/gpu/vulkan_drivers.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "probes/gpu/vulkan_child.h"
#include "probes/gpu/vulkan_json.h"

namespace weighin {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr const char* source = "the Vulkan loader, in a child process";
// A working driver answers in a tenth of a second, and later if the disk is cold. The limit is a judgement.
constexpr milliseconds time_limit{3000};
/// The limits of the second try: for all drivers together, and for one of them.
constexpr milliseconds retry_limit{6000}, one_driver_limit{2000};

/// The answer of one child.
struct ChildResult {
  Fact<std::vector<VulkanDevice>> devices;
  std::string failure;  // "crashed: Aborted"; empty: it answered, even if it found no device
};

std::string seconds_text(milliseconds limit) {
  return std::to_string((limit.count() + 500) / 1000) + " s";
}

std::string how_it_failed(const ProcessResult& result, milliseconds limit) {
  if (result.timed_out) return "did not answer within " + seconds_text(limit) + " and was stopped";
  if (result.signal != 0) return std::string("crashed: ") + strsignal(result.signal);
  if (result.exit_code != 0) return "ended with exit code " + std::to_string(result.exit_code);
  return "";
}

ChildResult ask(const Host& host, const std::string& manifest, milliseconds limit) {
  std::vector<std::string> arguments{host.program.string(), vulkan_child_command};
  if (!manifest.empty()) arguments.insert(arguments.end(), {"--driver", manifest});
  const auto ended = host.run_process(arguments, limit);
  if (!ended) return {absent<std::vector<VulkanDevice>>(ended.error(), source), ""};
  ChildResult result;
  result.failure = how_it_failed(*ended, limit);
  if (result.failure.empty()) {
    auto answer = devices_from_json(ended->output);
    result.devices = std::move(answer.devices);
    if (!answer.readable) result.failure = "gave no readable answer";
  }
  return result;
}

/// The folders that a variable such as XDG_DATA_DIRS lists, or those of `usual` if it is empty.
std::vector<fs::path> folders_in(const Host& host, const char* variable, const std::string& usual) {
  std::string text = host.environment ? host.environment(variable).value_or("") : "";
  if (text.empty()) text = usual;
  std::vector<fs::path> folders;
  while (!text.empty()) {
    const auto end = std::min(text.find(':'), text.size());
    if (end > 0) folders.emplace_back(text.substr(0, end));
    text.erase(0, std::min(end + 1, text.size()));
  }
  return folders;
}

void add_manifest(const fs::path& file, std::vector<fs::path>& manifests) {
  if (file.extension() != ".json") return;
  if (std::find(manifests.begin(), manifests.end(), file) == manifests.end()) manifests.push_back(file);
}

void add_folder(const Host& host, const fs::path& folder, std::vector<fs::path>& manifests) {
  for (const std::string& name : host.list(folder)) add_manifest(folder / name, manifests);
}

/// Asks each driver alone and names those that fail.
void ask_one_by_one(const Host& host, const std::vector<fs::path>& manifests, DriversAnswer& answer) {
  const Clock::time_point deadline = Clock::now() + retry_limit;
  std::vector<VulkanDevice> devices;
  for (const fs::path& manifest : manifests) {
    // Only the file's name is kept: its folder may hold a user's name.
    const std::string name = manifest.filename().string();
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    if (left <= milliseconds{0}) {
      answer.failures.push_back("the Vulkan driver of " + name + " was not asked: others took all the time");
      continue;
    }
    ChildResult one = ask(host, manifest.string(), std::min(left, one_driver_limit));
    if (!one.failure.empty()) {
      answer.failures.push_back("the Vulkan driver of " + name + " " + one.failure +
                                "; its GPUs, if any, are left out");
    }
    for (VulkanDevice& device : one.devices.value.value_or(std::vector<VulkanDevice>{})) {
      device.driver_manifest = name;
      devices.push_back(std::move(device));
    }
  }
  if (!devices.empty()) answer.devices = known(std::move(devices), source);
}

}  // namespace

std::vector<fs::path> driver_manifests(const Host& host) {
  std::vector<fs::path> manifests;
  for (const char* variable : {"VK_DRIVER_FILES", "VK_ICD_FILENAMES"}) {
    const auto named = folders_in(host, variable, "");
    for (const fs::path& path : named) {
      add_manifest(path, manifests);
      if (path.extension() != ".json") add_folder(host, path, manifests);
    }
    if (!named.empty()) return manifests;
  }
  const std::string home = host.environment ? host.environment("HOME").value_or("") : "";
  std::vector<fs::path> folders;
  const auto add = [&](const char* variable, const std::string& usual) {
    for (fs::path& folder : folders_in(host, variable, usual)) folders.push_back(std::move(folder));
  };
  add("XDG_CONFIG_HOME", home.empty() ? "" : home + "/.config");
  add("XDG_CONFIG_DIRS", "/etc/xdg");
  folders.emplace_back("/etc");
  add("XDG_DATA_HOME", home.empty() ? "" : home + "/.local/share");
  add("XDG_DATA_DIRS", "/usr/local/share:/usr/share");
  for (const fs::path& folder : folders) add_folder(host, folder / "vulkan/icd.d", manifests);
  return manifests;
}

DriversAnswer ask_vulkan_drivers(const Host& host) {
  DriversAnswer answer;
  ChildResult all = ask(host, "", time_limit);
  if (all.failure.empty()) {
    answer.devices = std::move(all.devices);
    return answer;
  }
  const auto manifests = driver_manifests(host);
  answer.devices = absent<std::vector<VulkanDevice>>("the Vulkan driver " + all.failure, source);
  ask_one_by_one(host, manifests, answer);
  // If no driver failed alone, the first failure is still reported, because it may happen again.
  if (answer.failures.empty() && answer.devices.known())
    answer.failures.push_back("the Vulkan drivers " + all.failure + " when all were asked at once");
  return answer;
}

}  // namespace weighin
