// What the child process that loads Vulkan's drivers answers, as JSON.
#pragma once

#include <string>
#include <vector>

#include "probes/machine/gpu.h"

namespace weighin {

/// What the child said.
struct ChildAnswer {
  Fact<std::vector<VulkanDevice>> devices;
  bool readable = false;  // if only that there is no loader, no driver or no device
};

/// Of the child's output. An unreadable one's reason says in what.
ChildAnswer devices_from_json(const std::string& text);

}  // namespace weighin
