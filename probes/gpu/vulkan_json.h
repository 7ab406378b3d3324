// Reads the JSON with which the child process that loads Vulkan's drivers answers.
#pragma once

#include <string>
#include <vector>

#include "probes/machine/gpu.h"

namespace weighin {

/// The child's answer.
struct ChildAnswer {
  Fact<std::vector<VulkanDevice>> devices;
  bool readable = false;  // also if it says that there is no loader, driver or device
};

/// Reads the child's output. If it cannot be read, the reason of the absent fact says what is wrong with it.
ChildAnswer devices_from_json(const std::string& text);

}  // namespace weighin
