// Finds the device names among the words of a name.
#pragma once

#include <string>
#include <vector>

#include "probes/devices/spec.h"
#include "probes/devices/words.h"

namespace weighin {

using Candidates = std::vector<const DeviceSpec*>;

/// A run of words that is the name of a device.
struct NameMatch {
  size_t begin = 0, end = 0;
  Candidates devices;  // the devices that share this name
};

/// Whether the device is a GPU or an accelerator with memory of its own.
bool is_discrete(const DeviceSpec& device);

/// Finds the longest names in `words`, from left to right.
std::vector<NameMatch> match_names(const std::vector<NameWord>& words);

/// Replaces a desktop GPU by its laptop part if the words say "laptop" in another place than the catalogue
/// does. `used` says of each word whether it is part of a name.
void take_laptop_part(const std::vector<NameWord>& words, std::vector<NameMatch>& matches,
                      std::vector<bool>& used);

/// Keeps of each match the devices that the other matches allow. False if they name different things.
bool reconcile(std::vector<NameMatch>& matches);

}  // namespace weighin
