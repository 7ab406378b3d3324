// The index of every name and alias in the catalogue, built once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "probes/devices/words.h"

namespace weighin {

/// The longest name that starts at a word. Its length is 0 if none does. The devices are indices into
/// all_devices().
struct IndexMatch {
  size_t length = 0;
  const std::vector<uint32_t>* devices = nullptr;
};

/// Finds the longest run of `words` from `first` on that is the name or an alias of a device. The words of
/// the run may be written together or apart, but none of them may be consumed.
IndexMatch longest_name(const std::vector<NameWord>& words, size_t first);

/// Up to `most` names of devices near `name`, the nearest first.
std::vector<std::string> nearest_devices(std::string_view name, size_t most = 3);

}  // namespace weighin
