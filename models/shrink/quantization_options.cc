// Quantization: the same model in a file format of fewer bits.
#include "models/memory/memory.h"
#include "models/shrink/quality.h"
#include "models/shrink/technique.h"

namespace weighin {
namespace {

/// Formats of one or two bits for models that were trained in such values; of another model nobody makes
/// files in them.
bool for_models_trained_so(FileFormatId id) {
  return id == FileFormatId::tq1_0 || id == FileFormatId::tq2_0 || id == FileFormatId::q1_0 ||
         id == FileFormatId::q2_0;
}

}  // namespace

std::vector<Shrunk> quantization_options(const ModelShape& shape, const FileFormat& start) {
  std::vector<Shrunk> options;
  if (start.id == FileFormatId::as_stored) return options;
  const uint64_t before = weights_bytes(shape, start);
  for (const FileFormat& format : all_file_formats()) {
    if (format.container != Container::gguf || for_models_trained_so(format.id)) continue;
    // All that a model without experts has of it is q8_0.
    if (format.id == FileFormatId::mxfp4_moe && shape.experts == 0) continue;
    if (weights_bytes(shape, format) >= before) continue;
    options.push_back({.what = std::string(format.name),
                       .quality = std::string(format.name),
                       .takes = "another download",
                       .note = "",
                       .shape = itself(shape),
                       .format = format.id,
                       .sparsity = {}});
  }
  return options;
}

}  // namespace weighin
