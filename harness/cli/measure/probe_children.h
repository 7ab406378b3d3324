// The child processes of the probe, which ask a driver that may crash. They are not for users.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command that prints the Vulkan devices of one driver as JSON.
Command add_vulkan_child(Command program, Invocation& invocation);
/// Adds the command that prints NVIDIA's GPUs as JSON.
Command add_nvml_child(Command program, Invocation& invocation);

}  // namespace weighin
