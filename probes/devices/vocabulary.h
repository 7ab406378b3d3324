// Words that mean the same in the names of all devices, in lower case.
#pragma once

#include <optional>
#include <string_view>

#include "probes/devices/spec.h"

namespace weighin {

/// Vendors of chips: "nvidia", "apple".
bool is_vendor(std::string_view word);

/// Words that any name may have or lack: vendors, "gpu", "processor". Names are compared without them.
bool says_nothing(std::string_view word);

/// Whether a word that says nothing must still fit the device: vendors, and "geforce".
bool must_fit(std::string_view word);

/// Interfaces that tell which part computes: "cuda", "vulkan".
bool is_interface(std::string_view word);

/// The part that a word stands for: "npu", or "metal" for the GPU.
std::optional<DevicePart> part_word(std::string_view word);

/// Suffixes that make another device of the word before: "ti", "super", "max", "laptop".
bool is_suffix(std::string_view word);

/// Words for the GPU of a laptop: "laptop", "mobile", "notebook".
bool is_laptop_word(std::string_view word);

/// Words beside a name that do not tell which device it is: "oem", "edition", "linux".
bool is_harmless(std::string_view word);

/// Codenames of chips and generations, which stand beside a name: "navi", "raptorlake", "ampere".
bool is_codename(std::string_view word);
/// Of a generation or a die of graphics cards: "navi", "ampere".
bool is_gpu_codename(std::string_view word);
/// Of a generation of processors with their graphics: "zen", "raptorlake", "phoenix".
bool is_processor_codename(std::string_view word);
/// The second word of a codename: "lake", "point".
bool continues_codename(std::string_view word);

/// Whether a word for a kind of device may stand beside the name of a device of this kind: "phone", "board".
bool is_kind_word(std::string_view word, DeviceKind kind);

/// Computer makers that sell graphics cards under their vendor's names: "dell", "hp".
bool is_computer_maker(std::string_view word);

}  // namespace weighin
