#include "kernels/forward/facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "models/source/location.h"

namespace weighin {
namespace {

/// Architectures as GGUF files name them. What they compute is in llama.cpp, src/models/NAME.cpp; which
/// values they rotate together is in llama_model_rope_type, src/llama-model.cpp (read 2026-11-24).
struct KnownArchitecture {
  std::string_view architecture;
  bool adjacent_pairs;
  bool scales_embedding;  // by sqrt(width)
};
constexpr std::array known{
    KnownArchitecture{"llama", true, false},  KnownArchitecture{"qwen2", false, false},
    KnownArchitecture{"qwen3", false, false}, KnownArchitecture{"gemma", false, true},
    KnownArchitecture{"gemma3", false, true},
};

std::string supported() {
  std::vector<std::string_view> names;
  for (const KnownArchitecture& row : known) names.push_back(row.architecture);
  return fmt::format("supported are {}, with dense feed-forwards", fmt::join(names, ", "));
}

/// What of `shape` this pass does not compute; empty: it computes all.
std::string beyond(const ModelShape& shape) {
  if (shape.task != Task::chat) return "it is an encoder";
  if (shape.experts) return "it has experts";
  if (shape.fused_qkv || shape.fused_gate_up) return "it has fused matrices";
  if (shape.shared_layers) return "its layers share their weights";
  if (shape.norm != NormKind::rms || shape.query_key_norm) return "it has normalizations other than RMS";
  if (shape.norm_place != NormPlace::before && shape.norm_place != NormPlace::around)
    return "its normalizations stand at places that this pass does not know";
  if (shape.activation != Activation::swiglu && shape.activation != Activation::geglu)
    return "its feed-forward is not gated by SiLU or GELU";
  if (!shape.rope || !shape.head) return "it has no rotary positions or no output head";
  const bool alike = std::all_of(shape.per_layer.begin(), shape.per_layer.end(), [](const Layer& layer) {
    return layer.mixer == Mixer::attention && layer.feed_forward == FeedForward::dense &&
           !layer.attention_too && !layer.shares_cache && !layer.value_is_key && layer.kv_heads > 0 &&
           layer.heads % layer.kv_heads == 0;
  });
  if (!alike) return "some of its layers are not attention followed by a dense feed-forward";
  if (shape.value_dim && shape.value_dim != shape.head_dim) return "its keys and values differ in size";
  return "";
}

class Metadata {
 public:
  Metadata(const Gguf* file, const std::string& architecture) : file_(file), prefix_(architecture + ".") {}
  float real(std::string_view key, float otherwise) const {
    const GgufValue* value = find(key);
    return value && value->type == GgufType::f32 ? static_cast<float>(value->real) : otherwise;
  }
  uint32_t number(std::string_view key, uint32_t otherwise) const {
    const GgufValue* value = find(key);
    return value ? static_cast<uint32_t>(value->number) : otherwise;
  }
  std::string text(std::string_view key) const {
    const GgufValue* value = find(key);
    return value ? value->text : "";
  }

 private:
  const GgufValue* find(std::string_view key) const {
    const GgufValue* value = file_ ? file_->find(prefix_ + std::string(key)) : nullptr;
    return value && !value->array ? value : nullptr;
  }
  const Gguf* file_;
  std::string prefix_;
};

}  // namespace

tl::expected<ForwardFacts, std::string> forward_facts(const ModelShape& shape, const Gguf* file) {
  const auto refuse = [&](const std::string& why) {
    return tl::unexpected(fmt::format(
        "The forward pass of {} ({}) is not computed here: {}; {}.", shape.name,
        shape.architecture.empty() ? "no architecture of GGUF's" : shape.architecture, why, supported()));
  };
  const auto row = std::find_if(known.begin(), known.end(), [&](const KnownArchitecture& k) {
    return k.architecture == shape.architecture;
  });
  if (row == known.end()) return refuse("its architecture is not among those that this pass knows");
  if (const std::string why = beyond(shape); !why.empty()) return refuse(why);
  const Metadata keys(file, shape.architecture);
  const std::string scaling = keys.text("rope.scaling.type");
  if (!scaling.empty() && scaling != "none" && scaling != "linear")
    return refuse(fmt::format("its positions are scaled by \"{}\"", plain_text(scaling)));
  if (keys.real("attn_logit_softcapping", 0) != 0) return refuse("its attention scores are capped");

  ForwardFacts facts;
  facts.epsilon = keys.real("attention.layer_norm_rms_epsilon", 1e-5F);
  facts.adjacent_pairs = row->adjacent_pairs;
  facts.rotary_dim =
      keys.number("rope.dimension_count", shape.rotary_dim ? shape.rotary_dim : shape.head_dim);
  if (facts.rotary_dim == 0 || facts.rotary_dim % 2 != 0 || facts.rotary_dim > shape.head_dim)
    return refuse(fmt::format("it rotates {} of a head's {} values", facts.rotary_dim, shape.head_dim));
  facts.rotation.base = keys.real("rope.freq_base", 10000);
  facts.rotation.scale = scaling == "linear" ? 1 / keys.real("rope.scaling.factor", 1) : 1;
  // Layers with a sliding window have a base of their own and are not scaled (llama.cpp,
  // src/models/gemma3.cpp).
  facts.windowed_rotation.base = keys.real("rope.freq_base_swa", 10000);
  if (shape.architecture != "gemma3") facts.windowed_rotation = facts.rotation;
  if (row->scales_embedding) facts.embedding_scale = std::sqrt(static_cast<float>(shape.width));
  // Gemma 3 27B, which is known by its 62 layers, scales queries by width / heads in place of a head's size
  // (same file).
  if (shape.architecture == "gemma3" && shape.layers == 62)
    facts.query_scale = std::sqrt(static_cast<float>(shape.head_dim) * static_cast<float>(shape.heads) /
                                  static_cast<float>(shape.width));
  facts.logit_cap = keys.real("final_logit_softcapping", 0);
  return facts;
}

}  // namespace weighin
