// Size classes: the nominal sizes that people use for models, from 100K to 10T parameters.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace weighin {

struct SizeClass {
  std::string_view name;
  uint64_t nominal_params;
};

/// Every size class, smallest first.
std::span<const SizeClass> all_size_classes();

/// The class of a model with `params` parameters: the one whose nominal size is nearest by ratio, so the
/// boundary between two classes is their geometric mean. A mixture of experts belongs to the class of its
/// total parameters.
const SizeClass& size_class_of(uint64_t params);

/// The class called `name`, in any case, or nullptr.
const SizeClass* find_size_class(std::string_view name);

}  // namespace weighin
