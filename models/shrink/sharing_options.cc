#include "models/shrink/sharing_options.h"

#include "models/shrink/sharing.h"

namespace weighin {

std::vector<SmallerModel> sharing_options(const ModelShape& shape, const FileFormat& start) {
  std::vector<SmallerModel> options;
  const auto add = [&](tl::expected<ModelShape, std::string> small, const char* what, const char* quality,
                       const char* note) {
    if (!small) return;
    options.push_back({.what = what,
                       .quality = quality,
                       .takes = "training from the beginning",
                       .note = note,
                       .shape = std::make_shared<const ModelShape>(std::move(*small)),
                       .format = start.id,
                       .sparsity = {}});
  };
  add(share_layers(shape), "one layer's weights for all layers", "layers",
      "stored once, computed every layer: as slow as before");
  add(tie_embeddings(shape), "the embedding as output head", "embeddings", "read as often as before");
  return options;
}

}  // namespace weighin
