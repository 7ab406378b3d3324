#include "models/shape/size_class.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/text/letters.h"

namespace weighin {
namespace {

// From the smallest published language models to beyond the largest.
constexpr std::array<SizeClass, 16> classes{{
    {"100K", 100'000},
    {"1M", 1'000'000},
    {"10M", 10'000'000},
    {"100M", 100'000'000},
    {"500M", 500'000'000},
    {"1B", 1'000'000'000},
    {"2B", 2'000'000'000},
    {"3B", 3'000'000'000},
    {"7B", 7'000'000'000},
    {"13B", 13'000'000'000},
    {"30B", 30'000'000'000},
    {"70B", 70'000'000'000},
    {"120B", 120'000'000'000},
    {"400B", 400'000'000'000},
    {"1T", 1'000'000'000'000},
    {"10T", 10'000'000'000'000},
}};

}  // namespace

std::span<const SizeClass> all_size_classes() {
  return classes;
}

const SizeClass& size_class_of(uint64_t params) {
  for (size_t i = 0; i + 1 < classes.size(); ++i) {
    const double line = std::sqrt(static_cast<double>(classes[i].nominal_params) *
                                  static_cast<double>(classes[i + 1].nominal_params));
    if (static_cast<double>(params) < line) return classes[i];
  }
  return classes.back();
}

const SizeClass* find_size_class(std::string_view name) {
  const auto found = std::find_if(classes.begin(), classes.end(),
                                  [&](const SizeClass& c) { return same_letters(c.name, name); });
  return found == classes.end() ? nullptr : &*found;
}

}  // namespace weighin
