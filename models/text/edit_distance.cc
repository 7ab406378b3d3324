#include "models/text/edit_distance.h"

#include <edlib.h>

namespace weighin {

size_t edit_distance(std::string_view a, std::string_view b) {
  const EdlibAlignResult aligned = edlibAlign(a.data(), static_cast<int>(a.size()), b.data(),
                                              static_cast<int>(b.size()), edlibDefaultAlignConfig());
  const int distance = aligned.editDistance;
  edlibFreeAlignResult(aligned);
  return static_cast<size_t>(distance);
}

}  // namespace weighin
