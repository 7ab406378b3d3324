#include "models/bytes/tensor_formats.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "models/format/quantize_mixes.h"

namespace weighin {
namespace {

/// Fragments of the names of matrices that the quantizer leaves as the converter wrote them, with 16 bits a
/// value (llama.cpp's src/llama-quant.cpp and conversion/base.py, read 2026-11-24).
constexpr std::string_view left_in_16_bits[] = {"altup",      "laurel",         "per_layer_model_proj",
                                                "attn_rel_b", "indexer.k_proj", "indexer.q_proj"};
/// Of those, the matrices that the converter keeps in f32.
constexpr std::string_view left_in_f32[] = {"altup_correct_coef", "altup_predict_coef"};

template <size_t n>
bool has_part(std::string_view name, const std::string_view (&fragments)[n]) {
  return std::any_of(std::begin(fragments), std::end(fragments),
                     [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

/// What a tensor's name decides in the quantizer.
struct NameRule {
  MixPart part = MixPart::other;
  bool weight = false, f32 = false, bits_16 = false;
};

/// The rules for the names of one model. Layers repeat their names, so each name is examined once.
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
  /// "blk.12.attn_v.weight" -> ".attn_v.weight". No rule depends on "blk" or the number.
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

/// Whether llama.cpp calls the model "70B": a model of 80 layers of these architectures. Each architecture
/// that llama.cpp v0.5.0 knows was tried.
bool is_llama_70b(const ModelShape& shape) {
  if (shape.layers != 80) return false;
  if (shape.architecture == "llama") return shape.heads != shape.kv_heads && shape.experts != 8;
  constexpr std::array<std::string_view, 3> others{"qwen2", "deci", "olmo"};
  return std::find(others.begin(), others.end(), shape.architecture) != others.end();
}

/// Query heads per key-value head of the first layer, as a GGUF header states them. 0 where that layer is
/// recurrent. A layer with multi-head latent attention has one key-value head, the latent.
uint32_t query_group(const ModelShape& shape) {
  uint32_t heads = shape.heads, kv_heads = shape.kv_heads;
  if (!shape.per_layer.empty()) {
    const Layer& first = shape.per_layer.front();
    // Qwen3-Next's header states attention heads for every layer, also for those without attention.
    const bool recurrent = first.mixer != Mixer::attention && first.mixer != Mixer::latent_attention &&
                           first.mixer != Mixer::gated_delta;
    if (recurrent && !first.attention_too) return 0;
    if (first.mixer == Mixer::attention) heads = first.heads, kv_heads = first.kv_heads;
  }
  if (shape.kv_lora_rank) kv_heads = 1;
  return kv_heads ? heads / kv_heads : 0;
}

/// `format` where rows of `cols` values are whole blocks of it; else a format of smaller blocks, else f16.
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

/// Chooses the formats of a model's tensors. Its choices depend on counters, so tensors must come in the
/// quantizer's order.
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

/// Indices of tensors in the quantizer's order: tensors outside of layers ("blk") first, then by layer, then
/// by name.
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
  // The last stored tensor of each role: a tensor that stores nothing shares that one's values and format.
  std::map<TensorRole, FormatId> stored;
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
