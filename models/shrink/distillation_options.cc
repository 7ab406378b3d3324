#include "models/shrink/distillation_options.h"

#include <algorithm>

#include "models/names/catalogue.h"

namespace weighin {
namespace {

/// The most relatives that are shown.
constexpr size_t most_relatives = 6;

SmallerModel instead(const ModelShape& model, const FileFormat& start, const char* note) {
  return {.what = model.name,
          .quality = model.name,
          .takes = "another download",
          .note = note,
          .shape = unowned(model),
          // as_stored is the format of the file that was read, and this model has another file.
          .format = start.id == FileFormatId::as_stored ? FileFormatId::f16 : start.id,
          .sparsity = {}};
}

/// "qwen2.5-7b" -> "qwen2.5": the name without its size.
std::string_view series(std::string_view name) {
  return name.substr(0, name.rfind('-'));
}

/// "llama-3.1-8b" -> "llama": who made the model. The architecture does not say it (Falcon 3 is built like
/// Llama).
std::string_view maker(std::string_view name) {
  return name.substr(0, name.find_first_of("-0123456789"));
}

}  // namespace

std::vector<SmallerModel> distillation_options(const ModelShape& shape, const FileFormat& start) {
  std::vector<SmallerModel> options;
  for (const ModelShape& model : all_models())
    if (!shape.name.empty() && model.distilled_from == shape.name)
      options.push_back(instead(model, start, "trained on this model's outputs"));
  return options;
}

std::vector<SmallerModel> relative_options(const ModelShape& shape, const FileFormat& start) {
  std::vector<const ModelShape*> relatives;
  const uint64_t params = parameters(shape);
  for (const ModelShape& model : all_models()) {
    const bool smaller = model.undisclosed.empty() && !model.made && parameters(model) < params;
    if (smaller && model.family == shape.family && maker(model.name) == maker(shape.name) &&
        model.task == shape.task && model.distilled_from != shape.name)
      relatives.push_back(&model);
  }
  // Models of the same series come first, then the newest and largest.
  std::stable_sort(relatives.begin(), relatives.end(), [&](const ModelShape* a, const ModelShape* b) {
    const bool a_near = series(a->name) == series(shape.name), b_near = series(b->name) == series(shape.name);
    if (a_near != b_near) return a_near;
    if (!a_near && a->released != b->released) return a->released > b->released;
    return parameters(*a) > parameters(*b);
  });
  if (relatives.size() > most_relatives) relatives.resize(most_relatives);
  std::vector<SmallerModel> options;
  for (const ModelShape* model : relatives)
    options.push_back(instead(*model, start, "another model of the family, not made from this one"));
  return options;
}

}  // namespace weighin
