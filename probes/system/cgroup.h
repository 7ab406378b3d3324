// Which control groups this process is in.
#pragma once

#include <filesystem>
#include <vector>

#include "probes/host/host.h"

namespace weighin {

/// Folders of this process's group in the unified hierarchy and of all its parents, innermost first; empty
/// when there is none. Inside a container with its own cgroup namespace, where the group's own path is not
/// mounted, the mount itself is the group.
std::vector<std::filesystem::path> cgroup_v2_groups(const Host& host);

/// The same in the version-1 hierarchy of `controller` ("memory", "cpu").
std::vector<std::filesystem::path> cgroup_v1_groups(const Host& host, const char* controller);

}  // namespace weighin
