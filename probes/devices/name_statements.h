// What a name states beside the device's name: a count, a virtual GPU, cores, memory, a chip.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "probes/devices/name_matches.h"
#include "probes/devices/words.h"

namespace weighin {

/// A name while it is read.
struct ReadName {
  NameWords stated;
  std::vector<NameMatch> matches;  // the devices' names in it
  std::vector<bool> used;          // for each word: it is part of a match, or explained
  double profile_gib = 0;          // memory of a virtual GPU; 0: the name is not that of one
  std::string product;             // an unknown product that is named with its chip
};

/// Whether a device is sold with this memory. Sizes are rounded, and drivers print less memory than is sold.
bool same_size(double stated, double sold);
bool sold_with(const DeviceSpec& device, double memory_gib);

/// Splits a name and finds the devices in it.
ReadName read_name(std::string_view name);

/// Takes what stands beside the names of devices. Their words are explained then.
void take_statements(ReadName& name);

}  // namespace weighin
