// Whether the words beside a device's name fit the device. A word that nothing explains may make it another
// device, and then the name is not resolved.
#pragma once

#include <string>
#include <vector>

#include "probes/devices/name_matches.h"
#include "probes/devices/words.h"

namespace weighin {

/// A name with what was found in it.
struct MatchedName {
  const NameWords& name;
  const std::vector<NameMatch>& matches;  // at least one
  const std::vector<bool>& used;          // for each word: it is part of a match, or explained already
};

/// The first word that neither is part of a device's name nor is explained by the devices found: by their
/// kind, vendor, chip, year or memory, as a maker of graphics cards and its range, or as a word that says
/// nothing. Empty if every word is explained.
std::string unexplained_word(const MatchedName& matched);

/// The first vendor or brand in the name whose devices are others than those found, such as "amd" beside an
/// RTX 4090. Empty if all fit.
std::string contradicting_word(const MatchedName& matched);

}  // namespace weighin
