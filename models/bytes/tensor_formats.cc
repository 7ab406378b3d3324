// The format of each tensor of a GGUF file, as llama.cpp's converter and quantizer give it.
#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "models/format/file_format.h"
#include "models/format/quantize_mixes.h"

namespace weighin {
namespace {

/// Matrices that the quantizer leaves as the converter made them, with 16 bits a value: parts of names
/// (llama.cpp's src/llama-quant.cpp and conversion/base.py, read 2026-11-24).
constexpr std::string_view left_in_16_bits[] = {"altup",      "laurel",         "per_layer_model_proj",
                                                "attn_rel_b", "indexer.k_proj", "indexer.q_proj"};
/// Of those, what the converter keeps in f32.
constexpr std::string_view left_in_f32[] = {"altup_correct_coef", "altup_predict_coef"};

template <size_t n>
bool has_part(std::string_view name, const std::string_view (&fragments)[n]) {
  return std::any_of(std::begin(fragments), std::end(fragments),
                     [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

/// What the quantizer takes from a tensor's name.
struct NameRule {
  MixPart part = MixPart::other;
  bool weight = false, f32 = false, bits_16 = false;
};

/// The rules of a model's names. Layers repeat theirs, and each is looked through once.
class NameRules {
 public:
  const NameRule& of(std::string_view name) {
    const auto [known, added] = known_.try_emplace(without_layer(name));
    if (added) {
      known->second = {mix_part(name), name.ends_with("weight"), has_part(name, left_in_f32),
                       has_part(name, left_in_16_bits)};
    }
    return known->second;
  }

 private:
  /// "blk.12.attn_v.weight": ".attn_v.weight". No rule looks at "blk" or a number.
  static std::string_view without_layer(std::string_view name) {
    constexpr std::string_view block = "blk.";
    const size_t dot = name.starts_with(block) ? name.find('.', block.size()) : std::string_view::npos;
    return dot == std::string_view::npos ? name : name.substr(dot);
  }

  std::unordered_map<std::string_view, NameRule> known_;
};

bool has_output(const ModelShape& shape) {
  return std::any_of(shape.tensors.begin(), shape.tensors.end(),
                     [](const Tensor& tensor) { return tensor.stored && tensor.name == "output.weight"; });
}

/// Architectures whose models of 80 layers llama.cpp calls "70B" (tried with each architecture that its
/// v0.5.0 knows).
bool is_llama_70b(const ModelShape& shape) {
  if (shape.layers != 80) return false;
  if (shape.architecture == "llama") return shape.heads != shape.kv_heads && shape.experts != 8;
  constexpr std::array<std::string_view, 3> others{"qwen2", "deci", "olmo"};
  return std::find(others.begin(), others.end(), shape.architecture) != others.end();
}

/// Query heads a key-value head as a GGUF header states them for the first layer: none for a recurrent layer;
/// MLA has one key-value head, the latent.
uint32_t query_group(const ModelShape& shape) {
  uint32_t heads = shape.heads, kv_heads = shape.kv_heads;
  if (!shape.per_layer.empty()) {
    const Layer& first = shape.per_layer.front();
    // Qwen3-Next's header states the heads of its attention for every layer.
    const bool recurrent = first.mixer != Mixer::attention && first.mixer != Mixer::latent_attention &&
                           first.mixer != Mixer::gated_delta;
    if (recurrent && !first.attention_too) return 0;
    if (first.mixer == Mixer::attention) heads = first.heads, kv_heads = first.kv_heads;
  }
  if (shape.kv_lora_rank) kv_heads = 1;
  return kv_heads ? heads / kv_heads : 0;
}

/// A row that is no whole number of blocks gets a format of smaller blocks, or stays in f16.
FormatId fallback(FormatId format, uint64_t cols) {
  const auto fits = [&](FormatId id) { return cols % format_of(id).block_values == 0; };
  if (fits(format)) return format;
  FormatId finer = FormatId::f16;
  switch (format) {
    case FormatId::iq1_s:
    case FormatId::iq1_m:
    case FormatId::iq2_xxs:
    case FormatId::iq2_xs:
    case FormatId::iq2_s:
    case FormatId::iq3_xxs:
    case FormatId::iq3_s:
    case FormatId::iq4_xs:
      finer = FormatId::iq4_nl;
      break;
    case FormatId::q2_0:
    case FormatId::q2_K:
    case FormatId::q3_K:
    case FormatId::tq1_0:
    case FormatId::tq2_0:
      finer = FormatId::q4_0;
      break;
    case FormatId::q4_K:
      finer = FormatId::q5_0;
      break;
    case FormatId::q5_K:
      finer = FormatId::q5_1;
      break;
    case FormatId::q6_K:
      finer = FormatId::q8_0;
      break;
    default:
      break;
  }
  return fits(finer) ? finer : FormatId::f16;
}

/// Chooses formats one tensor after another, in the quantizer's order: it counts as it goes.
class Chooser {
 public:
  Chooser(const ModelShape& shape, const FileFormat& format, bool imatrix)
      : shape_(shape),
        format_(format),
        model_{.falcon = shape.architecture == "falcon",
               .llama_70b = is_llama_70b(shape),
               .experts = shape.experts,
               .query_group = query_group(shape),
               .imatrix = imatrix},
        layers_(shape.encoder_layers ? shape.encoder_layers : shape.layers),
        tied_(!has_output(shape)) {
    for (const Tensor& tensor : shape.tensors)
      if (tensor.stored && rules_.of(tensor.name).part == MixPart::values) ++values_;
  }

  FormatId next(const Tensor& tensor) {
    const NameRule& rule = rules_.of(tensor.name);
    if (!rule.weight || rule.f32) return FormatId::f32;
    const bool quantized = format_of(format_.base).quantized();
    if (rule.bits_16) return quantized ? FormatId::f16 : format_.base;
    if (kept_in_f32(tensor.role)) return FormatId::f32;
    return quantized ? fallback(mixed(tensor, rule.part), tensor.cols) : format_.base;
  }

 private:
  FormatId mixed(const Tensor& tensor, MixPart part) {
    if (part == MixPart::output || (tied_ && part == MixPart::embedding))
      return output_format(format_, model_.falcon, tensor.cols);
    if (format_.gguf_type == no_gguf) return format_.base;
    if (format_.id == FileFormatId::mxfp4_moe) return tensor.stored > 1 ? FormatId::mxfp4 : FormatId::q8_0;
    return mixed_format(format_, part, model_, place(part, tensor));
  }

  MixPlace place(MixPart part, const Tensor& tensor) {
    if (part == MixPart::values) return {counted_[part]++, values_};
    const uint32_t counted = counted_[part]++;
    const bool by_layer = shape_.experts > 1 && !counts_matrices(format_.id) && tensor.layer >= 0;
    return {by_layer ? static_cast<uint32_t>(tensor.layer) : counted, layers_};
  }

  const ModelShape& shape_;
  const FileFormat& format_;
  MixModel model_;
  NameRules rules_;
  uint32_t layers_;
  uint32_t values_ = 0;
  bool tied_;
  std::map<MixPart, uint32_t> counted_;
};

/// The quantizer's order: by the layer of "blk" tensors, others first, then by name.
std::vector<size_t> quantizer_order(const std::vector<Tensor>& tensors) {
  std::vector<std::tuple<int32_t, std::string_view, size_t>> keys;
  keys.reserve(tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    const std::string_view name = tensors[i].name;
    keys.emplace_back(name.starts_with("blk.") ? tensors[i].layer : -1, name, i);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<size_t> order;
  order.reserve(keys.size());
  for (const auto& key : keys) order.push_back(std::get<size_t>(key));
  return order;
}

}  // namespace

std::vector<FormatId> tensor_formats(const ModelShape& shape, const FileFormat& format, bool imatrix) {
  std::vector<FormatId> formats(shape.tensors.size(), FormatId::none);
  Chooser chooser(shape, format, imatrix);
  std::map<TensorRole, FormatId> stored;  // by role: shared layers have what they share, of the layer before
  for (const size_t i : quantizer_order(shape.tensors)) {
    const Tensor& tensor = shape.tensors[i];
    if (tensor.format != FormatId::none) {
      formats[i] = tensor.format;
      continue;
    }
    const auto lender =
        stored.find(tensor.role == TensorRole::output ? TensorRole::token_embedding : tensor.role);
    formats[i] = tensor.stored == 0 && lender != stored.end() ? lender->second : chooser.next(tensor);
    if (tensor.stored) stored[tensor.role] = formats[i];
  }
  return formats;
}

std::vector<FormatId> tensor_formats(const ModelShape& shape, const FileFormat& format) {
  return tensor_formats(shape, format, made_with_imatrix(format.id));
}

}  // namespace weighin
