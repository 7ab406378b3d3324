#include "harness/cli/nearest_name.h"

#include <algorithm>

#include "models/text/edit_distance.h"
#include "models/text/letters.h"

namespace weighin {

std::string nearest_name(const std::string& word, const std::vector<std::string>& names) {
  const std::string wanted = lower_case(word);
  size_t least = std::max<size_t>(2, wanted.size() / 3) + 1;
  std::string found;
  for (const std::string& name : names) {
    const bool begins = wanted.size() > 1 && lower_case(name).starts_with(wanted);
    const size_t distance = begins ? 0 : edit_distance(wanted, lower_case(name));
    // A word as short as the distance would have nothing in common with the name.
    if (distance >= least || distance >= wanted.size()) continue;
    least = distance;
    found = name;
  }
  return found;
}

}  // namespace weighin
