// Words of devices' names that mean the same in all of them; in lower case.
#pragma once

#include <optional>
#include <string_view>

#include "probes/devices/spec.h"

namespace weighin {

/// "nvidia", "apple".
bool is_vendor(std::string_view word);

/// Vendors, and what every device's name may have or lack: "gpu", "processor".
bool says_nothing(std::string_view word);

/// What computes through which interface: "cuda", "vulkan".
bool is_interface(std::string_view word);

/// The part that a word stands for: "npu", or "metal" for the GPU.
std::optional<DevicePart> part_word(std::string_view word);

/// Words that make another device of the one before them: "ti", "super", "max", "laptop".
bool is_suffix(std::string_view word);

/// "laptop", "mobile", "notebook": a GPU of a laptop.
bool is_laptop_word(std::string_view word);

/// Words beside a name that say nothing of which device it is: "oem", "desktop", "pc".
bool is_harmless(std::string_view word);

}  // namespace weighin
