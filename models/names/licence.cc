#include "models/names/licence.h"

#include <algorithm>
#include <array>

namespace weighin {

bool is_permissive(std::string_view licence) {
  constexpr std::array<std::string_view, 7> permissive{
      "apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "unlicense"};
  return std::find(permissive.begin(), permissive.end(), licence) != permissive.end();
}

}  // namespace weighin
