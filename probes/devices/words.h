// The words of a device's name, and what they state beside it: a count, memory, GPU cores, a part.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/devices/spec.h"

namespace weighin {

/// A run of letters or of digits in lower case: "RTX4070Ti" is "rtx", "4070", "ti"; "S24+" is "s", "24",
/// "plus".
struct NameWord {
  std::string text;
  bool glued = false;    // nothing stands between it and the word before
  unsigned segment = 0;  // which of those that brackets, slashes and commas make
  bool spent = false;    // what it states is in NameWords
};

struct NameWords {
  std::vector<NameWord> words;  // of the device, not of its host, and without vendors' names and the like
  std::optional<DevicePart> part;
  std::string vendor;  // in lower case
  std::optional<unsigned> gpu_cores;
  std::optional<unsigned> cores;  // of which part is not said
  std::optional<double> memory_gib;
  std::optional<unsigned> count;
};

/// What stands after "@" is the host, and left out.
NameWords device_words(std::string_view name);

/// The words alone, for the index of names: device_words() without taking statements out.
std::vector<std::string> name_words(std::string_view name);

}  // namespace weighin
