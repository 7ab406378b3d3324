#include "models/shrink/pruning_options.h"

#include <fmt/format.h>

#include "models/shrink/pruning.h"

namespace weighin {
namespace {

struct Recipe {
  const char* quality;
  Pruning pruning;
  const char* takes;
};

constexpr Recipe recipes[] = {
    // ShortGPT, arXiv 2403.03853.
    {"depth-quarter", {.layers = 0.75}, "a conversion; some training makes good a part of the loss"},
    // LLM-Pruner, arXiv 2305.11627: a quarter of the heads and feed-forward values in layers 4 to 29 of LLaMA
    // 7B's 32.
    {"heads-and-ffn",
     {.heads = 0.75, .ffn_width = 0.75, .keep_first = 4, .keep_last = 2},
     "a conversion and hours of tuning (50,000 texts)"},
    // Llama 3.1 Minitron 4B, arXiv 2408.11796: 3072 of 4096 channels, 9216 of 14336 feed-forward values.
    {"width", {.ffn_width = 9216.0 / 14336, .width = 0.75}, "retraining (94 billion tokens)"},
    // The same report on pruning in depth: 16 of 32 layers.
    {"depth-half", {.layers = 0.5}, "retraining (94 billion tokens)"},
};

std::string what_is_left(const ModelShape& before, const ModelShape& after, const Pruning& pruning) {
  if (pruning.layers < 1)
    return fmt::format("{} of {} layers left out", before.layers - after.layers, before.layers);
  if (pruning.width < 1)
    return fmt::format("width {} of {}, feed-forward {} of {}", after.width, before.width, after.ffn_width,
                       before.ffn_width);
  const Layer &old = before.per_layer[pruning.keep_first], &left = after.per_layer[pruning.keep_first];
  return fmt::format("{} of {} heads, feed-forward {} of {} in layers {} to {}", left.heads, old.heads,
                     left.ffn_width, old.ffn_width, pruning.keep_first, after.layers - pruning.keep_last - 1);
}

}  // namespace

std::vector<SmallerModel> pruning_options(const ModelShape& shape, const FileFormat& start) {
  std::vector<SmallerModel> options;
  for (const Recipe& recipe : recipes) {
    if (recipe.pruning.keep_first + recipe.pruning.keep_last >= shape.layers) continue;
    auto small = prune(shape, recipe.pruning);
    if (!small || parameters(*small) >= parameters(shape)) continue;
    const std::string what = what_is_left(shape, *small, recipe.pruning);
    options.push_back({.what = what,
                       .quality = recipe.quality,
                       .takes = recipe.takes,
                       .note = "",
                       .shape = std::make_shared<const ModelShape>(std::move(*small)),
                       .format = start.id,
                       .sparsity = {}});
  }
  return options;
}

}  // namespace weighin
