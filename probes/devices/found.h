// Which runs of a name's words are names of devices, and whether the rest leaves them what they are.
#pragma once

#include <string>
#include <vector>

#include "probes/devices/spec.h"
#include "probes/devices/words.h"

namespace weighin {

using Candidates = std::vector<const DeviceSpec*>;

/// A run of words that is a device's name.
struct Found {
  size_t begin = 0, end = 0;
  Candidates devices;         // those that share the name
  bool number_alone = false;  // "4070"
};

/// A GPU or an accelerator with memory of its own.
bool is_discrete(const DeviceSpec& device);

/// The longest names in `words`, from the left.
std::vector<Found> find_names(const std::vector<NameWord>& words);

/// Takes the laptop part of a name whose words say "laptop" elsewhere than the catalogue does. `used`, by
/// word: what is part of a name.
void take_laptop_part(const std::vector<NameWord>& words, std::vector<Found>& found, std::vector<bool>& used);

/// Empty, or a word that is no part of the names found and may make another device of them.
std::string unexplained(const std::vector<NameWord>& words, const std::vector<Found>& found,
                        const std::vector<bool>& used);

/// Keeps of each name those devices that the other names allow. False: they are of different things.
bool reconcile(std::vector<Found>& found);

}  // namespace weighin
