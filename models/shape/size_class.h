// Weight classes: the nominal sizes people say, 100K to 10T.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace weighin {

struct SizeClass {
  std::string_view name;
  uint64_t nominal_params;
};

/// Every class, smallest first.
std::span<const SizeClass> all_size_classes();

/// The class of a model with `params` parameters: the nearest nominal size by ratio, so that the line between
/// two classes is their geometric mean. A mixture of experts is classed by its total.
const SizeClass& size_class_of(uint64_t params);

/// The class called `name` (any case), or nullptr.
const SizeClass* find_size_class(std::string_view name);

}  // namespace weighin
