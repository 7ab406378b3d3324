// Ways to make a model smaller: each makes other shapes, or other bytes, of the same model, and everything
// else follows from them. The table is techniques.cc.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/format/file_format.h"
#include "models/shape/shape.h"
#include "models/shrink/sparsity.h"

namespace weighin {

/// A model made smaller in one way.
struct Shrunk {
  std::string what;                         // "Q4_K_M", "8 of 32 layers left out"
  std::string quality;                      // Quality::what; empty: nobody published a figure
  std::string takes;                        // what carrying it out takes
  std::string note;                         // what a reader should know of it
  std::shared_ptr<const ModelShape> shape;  // may be the model's own
  FileFormatId format = FileFormatId::f16;
  Sparsity sparsity;
};

struct Technique {
  std::string_view name;
  /// Of `shape`, which is in `start` now; empty where it does not apply.
  std::vector<Shrunk> (*apply)(const ModelShape& shape, const FileFormat& start);
  /// Quantization on top of it is looked at as well.
  bool combines;
};

/// Every technique that makes a model smaller to run. LoRA (lora.h) is none.
std::span<const Technique> all_techniques();

/// `shape` itself, not copied: it must outlive what refers to it.
std::shared_ptr<const ModelShape> itself(const ModelShape& shape);

std::vector<Shrunk> quantization_options(const ModelShape& shape, const FileFormat& start);
std::vector<Shrunk> pruning_options(const ModelShape& shape, const FileFormat& start);
std::vector<Shrunk> sparsity_options(const ModelShape& shape, const FileFormat& start);
std::vector<Shrunk> distillation_options(const ModelShape& shape, const FileFormat& start);
std::vector<Shrunk> relative_options(const ModelShape& shape, const FileFormat& start);
std::vector<Shrunk> sharing_options(const ModelShape& shape, const FileFormat& start);

}  // namespace weighin
