#include "models/shrink/quantization_options.h"

#include "models/bytes/weights_bytes.h"
#include "models/shrink/quality.h"

namespace weighin {
namespace {

/// Whether the format has one or two bits and is meant for models that were trained with such values. There
/// are no files of other models in it.
bool for_models_trained_so(FileFormatId id) {
  return id == FileFormatId::tq1_0 || id == FileFormatId::tq2_0 || id == FileFormatId::q1_0 ||
         id == FileFormatId::q2_0;
}

}  // namespace

std::vector<SmallerModel> quantization_options(const ModelShape& shape, const FileFormat& start) {
  std::vector<SmallerModel> options;
  if (start.id == FileFormatId::as_stored) return options;
  const uint64_t before = weights_bytes(shape, start);
  for (const FileFormat& format : all_file_formats()) {
    if (format.container != Container::gguf || for_models_trained_so(format.id)) continue;
    // A model without experts has only q8_0 in it.
    if (format.id == FileFormatId::mxfp4_moe && shape.experts == 0) continue;
    if (weights_bytes(shape, format) >= before) continue;
    options.push_back({.what = std::string(format.name),
                       .quality = std::string(format.name),
                       .takes = "another download",
                       .note = "",
                       .shape = unowned(shape),
                       .format = format.id,
                       .sparsity = {}});
  }
  return options;
}

}  // namespace weighin
