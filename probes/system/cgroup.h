// The control groups that this process is in.
#pragma once

#include <filesystem>
#include <vector>

#include "probes/host/host.h"

namespace weighin {

/// The folders of this process's group in the unified hierarchy (version 2) and of all its parents, innermost
/// first. Empty if there is none. In a container with a cgroup namespace of its own, where the path of the
/// group is not mounted, the mount point is the group.
std::vector<std::filesystem::path> cgroup_v2_groups(const Host& host);

/// The same in the version-1 hierarchy of `controller` ("memory" or "cpu").
std::vector<std::filesystem::path> cgroup_v1_groups(const Host& host, const char* controller);

}  // namespace weighin
