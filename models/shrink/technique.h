// Ways to make a model smaller. Each makes other shapes, or other bytes, of a model. Memory, speed and
// download follow from these. The table is in techniques.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/format/file_format.h"
#include "models/shape/shape.h"
#include "models/shrink/sparsity.h"

namespace weighin {

/// A model made smaller in one way.
struct SmallerModel {
  std::string what;                         // "Q4_K_M", "8 of 32 layers left out"
  std::string quality;                      // Quality::what; empty: no figure was published
  std::string takes;                        // what it takes to make this model
  std::string note;                         // what a reader should know about it
  std::shared_ptr<const ModelShape> shape;  // can be the shape of the model itself
  FileFormatId format = FileFormatId::f16;
  Sparsity sparsity;
};

struct Technique {
  std::string_view name;
  /// What it makes of `shape`, which is in the format `start` now. Empty where it does not apply.
  std::vector<SmallerModel> (*apply)(const ModelShape& shape, const FileFormat& start);
  /// Whether the result with quantization on top of it is worth a look as well.
  bool combines;
};

/// A pointer to `shape` that does not own it. `shape` must outlive every copy of the pointer.
inline std::shared_ptr<const ModelShape> unowned(const ModelShape& shape) {
  return {std::shared_ptr<const void>(), &shape};
}

}  // namespace weighin
