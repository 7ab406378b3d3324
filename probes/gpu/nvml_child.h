// The child process that loads NVIDIA's management library.
#pragma once

#include <string>

namespace weighin {

/// The hidden subcommand that makes this program run as that child process.
inline constexpr const char* nvml_child_command = "probe-nvml";

/// Runs in the child: opens libnvidia-ml.so.1 and lists the GPUs as JSON.
std::string nvml_gpus_json();

}  // namespace weighin
