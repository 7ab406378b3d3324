// Splits a device's name into words, and takes out what it states beside the name: a count, memory, GPU
// cores, a part, who makes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/devices/spec.h"

namespace weighin {

/// A run of letters or of digits, in lower case. "RTX4070Ti" gives "rtx", "4070", "ti"; "S24+" gives "s",
/// "24", "plus". An identifier of Apple's is one word: "iphone15,2".
struct NameWord {
  std::string text;
  bool glued = false;     // nothing is between it and the word before
  unsigned segment = 0;   // number of the segment; brackets, slashes and commas separate segments
  bool consumed = false;  // a field of NameWords holds what it states
};

struct NameWords {
  std::vector<NameWord> words;  // without those of the host, vendors' names and the like
  std::optional<DevicePart> part;
  std::string vendor;  // in lower case
  /// Words that say nothing by themselves, but must fit the device: vendors, and "geforce". With repetitions.
  std::vector<std::string> claims;
  bool mac = false;  // the name is that of a Mac with its chip: "MacBook Pro M4"
  std::optional<unsigned> gpu_cores;
  std::optional<unsigned> cores;   // the name does not say of which part
  std::vector<double> memory_gib;  // every size that is stated, in order; storage may be among them
  std::optional<unsigned> count;
};

/// Splits a name. What follows "@" is the host and is left out.
NameWords device_words(std::string_view name);

/// The words alone, for the index of names: as device_words(), without taking statements out.
std::vector<std::string> name_words(std::string_view name);

}  // namespace weighin
