#include "models/shrink/sparsity_options.h"

#include <fmt/format.h>

#include "models/bytes/weights_bytes.h"

namespace weighin {
namespace {

struct Form {
  const char* quality;
  Sparsity sparsity;
  const char* note;
};

constexpr Form forms[] = {
    {"2:4",
     {SparseKind::two_of_four, 0.5},
     "read so by NVIDIA's tensor cores since Ampere; not by llama.cpp"},
    {"unstructured", {SparseKind::bitmap, 0.5}, "no common engine reads it"},
    {"unstructured", {SparseKind::csr, 0.5}, "no common engine reads it"},
};

}  // namespace

std::vector<SmallerModel> sparsity_options(const ModelShape& shape, const FileFormat& start) {
  std::vector<SmallerModel> options;
  if (!shape.undisclosed.empty() || shape.packed_bytes) return options;
  const uint64_t dense = weights_bytes(shape, start);
  for (const Form& form : forms) {
    const bool saves = sparse_weights_bytes(shape, start, form.sparsity) < dense;
    const std::string name = form.sparsity.kind == SparseKind::two_of_four
                                 ? "2:4, two of four values"
                                 : fmt::format("half of the values, {}", sparse_name(form.sparsity.kind));
    options.push_back(
        {.what = name,
         .quality = form.quality,
         .takes = "a conversion (one pass over some text)",
         .note = saves ? form.note : "saves nothing: the places of the values cost what the zeros did",
         .shape = unowned(shape),
         .format = start.id,
         .sparsity = form.sparsity});
  }
  return options;
}

}  // namespace weighin
