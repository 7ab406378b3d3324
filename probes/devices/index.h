// The index of every name and alias of the catalogue, built once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "probes/devices/words.h"

namespace weighin {

/// The longest name that starts at a word; length 0: none does. Devices are indices of all_devices().
struct IndexMatch {
  size_t length = 0;
  const std::vector<uint32_t>* devices = nullptr;
};

/// The longest run of `words` from `first` on that is a device's name or alias. Words of a run may be glued
/// or not, but nothing of a run is spent.
IndexMatch longest_name(const std::vector<NameWord>& words, size_t first);

/// Up to `most` names near `name`, nearest first.
std::vector<std::string> nearest_devices(std::string_view name, size_t most = 3);

}  // namespace weighin
