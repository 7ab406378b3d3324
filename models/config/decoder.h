// What the readers of most decoder families share.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

/// The defaults of a configuration class for fields that a file leaves out. 0: the field has no default, or
/// follows from other fields.
struct ClassDefaults {
  uint32_t vocab = 0;
  uint32_t ffn_width = 0;
  uint32_t heads = 0;
  uint32_t kv_heads = 0;
  uint32_t head_dim = 0;
  uint32_t context = 2048;
  bool tied = false;
};

/// Reads the sizes that every decoder has: layers, width, vocabulary, heads, feed-forward width, context,
/// activation.
void read_sizes(const ConfigFields& f, ModelShape& s, const ClassDefaults& defaults);
/// The activation that the configuration names ("silu", "gelu_new"), in its gated form (swiglu, geglu) where
/// `gated`.
Activation activation_of(const ConfigFields& f, std::string_view if_absent, bool gated);
/// Reads the rotated part of a head and the number of frequency tables that rope_scaling makes: one for
/// "llama3", two for "longrope" and its older names.
void read_rope_factors(const ConfigFields& f, ModelShape& s);
/// Makes per_layer from the numbers of the whole model, with dense layers, unless it is there already.
std::vector<Layer>& fill_layers(ModelShape& s);
/// Gives the window to the layers that layer_types calls "sliding_attention" or "chunked_attention". Without
/// layer_types all layers but every `period`-th get it; with a `period` of 0 none do.
void read_windows(const ConfigFields& f, ModelShape& s, uint32_t window, uint32_t period);
/// Gives experts of ffn_width to the layers i from `first` on with i % step == offset, and dense_ffn_width to
/// the others.
void place_experts(ModelShape& s, uint32_t first, uint32_t step = 1, uint32_t offset = 0);

/// Sets `count` shared experts of `width` each. They are kept as one of their total width.
void set_shared_experts(const ConfigFields& f, ModelShape& s, uint32_t count, uint32_t width);

}  // namespace weighin
