#include "probes/system/cgroup.h"

#include <algorithm>
#include <optional>

#include "probes/host/text.h"

namespace weighin {

namespace {

// The path after the second colon of a line "id:controllers:path" of /proc/self/cgroup (cgroups(7)). The line
// of the unified hierarchy has no controllers.
std::optional<std::string> group_path(const Host& host, std::string_view controller) {
  const auto text = host.read("/proc/self/cgroup");
  if (!text) return std::nullopt;
  for (const std::string_view line : lines_of(*text)) {
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    std::string_view names = line.substr(first + 1, second - first - 1);
    const std::string listed = "," + std::string(names) + ",";
    const bool match = controller.empty()
                           ? names.empty()
                           : listed.find("," + std::string(controller) + ",") != std::string::npos;
    if (match) return std::string(trimmed(line.substr(second + 1)));
  }
  return std::nullopt;
}

std::vector<std::filesystem::path> with_parents(const Host& host, const std::filesystem::path& mount,
                                                const std::string& path) {
  std::vector<std::filesystem::path> groups;
  std::filesystem::path inner = std::filesystem::path(path).relative_path().lexically_normal();
  // A process whose group lies outside its namespace sees "/../..".
  if (!inner.empty() && *inner.begin() == "..") inner.clear();
  while (!inner.empty() && inner != ".") {
    if (host.exists(mount / inner)) groups.push_back(mount / inner);
    inner = inner.parent_path();
  }
  groups.push_back(mount);
  return groups;
}

}  // namespace

std::vector<std::filesystem::path> cgroup_v2_groups(const Host& host) {
  const auto path = group_path(host, "");
  if (!path) return {};
  // If both versions are in use, the unified hierarchy is mounted at "unified", beside those of version 1.
  const char* mount = host.exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
  return with_parents(host, mount, *path);
}

std::vector<std::filesystem::path> cgroup_v1_groups(const Host& host, const char* controller) {
  const auto path = group_path(host, controller);
  if (!path) return {};
  std::filesystem::path mount = std::filesystem::path("/sys/fs/cgroup") / controller;
  if (!host.exists(mount) && std::string_view(controller) == "cpu") mount = "/sys/fs/cgroup/cpu,cpuacct";
  return with_parents(host, mount, *path);
}

}  // namespace weighin
