// Words that mean the same in the names of all devices, in lower case.
#pragma once

#include <optional>
#include <string_view>

#include "probes/devices/spec.h"

namespace weighin {

/// Vendors: "nvidia", "apple".
bool is_vendor(std::string_view word);

/// Words that any name may have or lack: vendors, "gpu", "processor".
bool says_nothing(std::string_view word);

/// Interfaces that tell which part computes: "cuda", "vulkan".
bool is_interface(std::string_view word);

/// The part that a word stands for: "npu", or "metal" for the GPU.
std::optional<DevicePart> part_word(std::string_view word);

/// Suffixes that make another device of the word before: "ti", "super", "max", "laptop".
bool is_suffix(std::string_view word);

/// Words for the GPU of a laptop: "laptop", "mobile", "notebook".
bool is_laptop_word(std::string_view word);

/// Words beside a name that do not tell which device it is: "oem", "desktop", "pc".
bool is_harmless(std::string_view word);

}  // namespace weighin
