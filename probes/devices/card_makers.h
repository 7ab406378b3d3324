// The makers of graphics cards and the words of their ranges: "MSI GAMING TRIO", "Sapphire Nitro+".
#pragma once

#include <cstddef>
#include <vector>

#include "probes/devices/words.h"

namespace weighin {

/// How many words from `first` on are the name of a card's maker or of its range; 0 if none are. Words that
/// are consumed do not count.
size_t card_maker_words(const std::vector<NameWord>& words, size_t first);

}  // namespace weighin
