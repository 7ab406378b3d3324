#include "models/gguf/shape_of_gguf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/bytes/stored_format.h"
#include "models/format/file_format.h"
#include "models/gguf/layers_of_tensors.h"
#include "models/gguf/tensor_roles.h"
#include "models/shape/build_shape.h"
#include "models/source/location.h"
#include "models/text/letters.h"

namespace weighin {
namespace {

/// No model comes near these limits. The product of two larger numbers might not fit in 32 bits.
constexpr uint32_t most_heads = 1 << 14, longest_head = 1 << 14;
/// Twice the layers that llama.cpp accepts (LLAMA_MAX_LAYERS, src/llama-hparams.h), and eight times the most
/// experts that any model uses for a token. A graph has nodes for each of both.
constexpr uint32_t most_layers = 1024, most_experts_active = 256;

/// Reads the keys "ARCHITECTURE.key". The first that makes no sense is kept as the error.
class Keys {
 public:
  Keys(const Gguf& file, std::string prefix, std::string where)
      : file_(file), prefix_(std::move(prefix)), where_(std::move(where)) {}

  const std::string& error() const { return error_; }
  void refuse(std::string_view key, const std::string& what) {
    if (error_.empty()) error_ = fmt::format("{}: \"{}.{}\" {}", where_, prefix_, key, what);
  }
  bool has(std::string_view key) const { return find(key) != nullptr; }

  uint32_t number(std::string_view key, uint32_t otherwise = 0, uint32_t most = UINT32_MAX) {
    const GgufValue* value = find(key);
    if (!value) return otherwise;
    if (value->array && !value->numbers.empty()) return whole(key, *value, value->numbers.front(), most);
    return whole(key, *value, value->number, most);
  }

  /// One number for each layer: from an array, or the same number for all.
  std::vector<uint32_t> per_layer(std::string_view key, uint32_t layers, uint32_t otherwise, uint32_t most) {
    const GgufValue* value = find(key);
    if (!value || !value->array) return std::vector<uint32_t>(layers, number(key, otherwise, most));
    std::vector<uint32_t> numbers;
    if (value->numbers.size() < layers) {
      refuse(key, fmt::format("has {} numbers, and there are {} layers", value->numbers.size(), layers));
    } else {
      for (uint32_t i = 0; i < layers; ++i) numbers.push_back(whole(key, *value, value->numbers[i], most));
    }
    numbers.resize(layers);
    return numbers;
  }
  bool is_array(std::string_view key) const {
    const GgufValue* value = find(key);
    return value && value->array;
  }

 private:
  const GgufValue* find(std::string_view key) const { return file_.find(fmt::format("{}.{}", prefix_, key)); }

  uint32_t whole(std::string_view key, const GgufValue& value, uint64_t number, uint32_t most) {
    const bool integer =
        value.type != GgufType::f32 && value.type != GgufType::f64 && value.type != GgufType::text;
    if (!integer || value.negative || number > most) {
      refuse(key, fmt::format("is no whole number from 0 to {}", most));
      return 0;
    }
    return static_cast<uint32_t>(number);
  }

  const Gguf& file_;
  std::string prefix_, where_, error_;
};

std::string text_of(const Gguf& file, std::string_view key) {
  const GgufValue* value = file.find(key);
  return value && !value->array && value->type == GgufType::text ? plain_text(value->text) : "";
}

/// Which layers have no window, where the file does not say: one of every `period` layers, the last or the
/// first (llama.cpp, src/models/*.cpp, calls of set_swa_pattern, read 2026-11-24).
struct WindowPattern {
  std::string_view architecture;
  uint32_t period;
  bool first_sees_all;
};
constexpr std::array window_patterns{
    WindowPattern{"gemma2", 2, false},     WindowPattern{"gemma3", 6, false},
    WindowPattern{"gemma3n", 5, false},    WindowPattern{"gemma-embedding", 6, false},
    WindowPattern{"gemma4", 6, false},     WindowPattern{"gpt-oss", 2, false},
    WindowPattern{"cohere2", 4, false},    WindowPattern{"cohere2moe", 4, false},
    WindowPattern{"olmo2", 4, false},      WindowPattern{"exaone4", 4, false},
    WindowPattern{"exaone-moe", 4, false}, WindowPattern{"llama4", 4, false},
    WindowPattern{"plamo3", 8, false},     WindowPattern{"afmoe", 4, false},
    WindowPattern{"laguna", 4, true},      WindowPattern{"smallthinker", 4, true},
    WindowPattern{"modern-bert", 3, true}, WindowPattern{"mimo2", 0, false},
    WindowPattern{"step35", 0, false},
};
constexpr uint32_t llama4_window =
    8192;  // tokens of a chunk; no key states them (llama.cpp, src/models/llama4.cpp)

void read_windows(Keys& keys, ModelShape& shape) {
  const auto row = std::find_if(window_patterns.begin(), window_patterns.end(),
                                [&](const auto& r) { return r.architecture == shape.architecture; });
  // llama.cpp, which reads these files, does not use the windows of other architectures.
  if (row == window_patterns.end()) return;
  const std::string_view key = "attention.sliding_window_pattern";
  shape.window = keys.number("attention.sliding_window", shape.architecture == "llama4" ? llama4_window : 0);
  if (keys.is_array(key)) {
    const auto slides = keys.per_layer(key, shape.layers, 0, UINT32_MAX);
    for (uint32_t i = 0; i < shape.layers; ++i) shape.per_layer[i].window = slides[i] ? shape.window : 0;
    return;
  }
  const uint32_t period = keys.number(key, row->period);
  for (uint32_t i = 0; i < shape.layers && period; ++i) {
    const bool sees_all = i % period == (row->first_sees_all ? 0 : period - 1);
    shape.per_layer[i].window = sees_all ? 0 : shape.window;
  }
}

/// Marks the last layers that read the keys and values of an earlier layer, and removes those that only
/// predict further tokens and are not computed.
void read_last_layers(Keys& keys, ModelShape& shape) {
  uint32_t sharing = keys.number("attention.shared_kv_layers");
  // The first files of Gemma 3n do not say. The first 20 layers have their own (llama.cpp,
  // src/models/gemma3n.cpp).
  if (shape.architecture == "gemma3n" && !keys.has("attention.shared_kv_layers"))
    sharing = shape.layers > 20 ? shape.layers - 20 : 0;
  for (uint32_t i = 0; i < std::min(sharing, shape.layers); ++i)
    shape.per_layer[shape.layers - 1 - i].shares_cache = true;
  const uint32_t ahead = std::min(keys.number("nextn_predict_layers"), shape.layers);
  for (Tensor& tensor : shape.tensors)
    if (tensor.layer >= static_cast<int32_t>(shape.layers - ahead)) tensor.used = 0;
  for (uint32_t i = shape.layers - ahead; i < shape.layers; ++i) {
    shape.per_layer[i].mixer = Mixer::none;
    shape.per_layer[i].feed_forward = FeedForward::none;
  }
}

void read_attention(Keys& keys, ModelShape& shape) {
  const auto heads = keys.per_layer("attention.head_count", shape.layers, 0, most_heads);
  const auto kv_heads = keys.has("attention.head_count_kv")
                            ? keys.per_layer("attention.head_count_kv", shape.layers, 0, most_heads)
                            : heads;
  const auto widths = keys.per_layer("feed_forward_length", shape.layers, 0, UINT32_MAX);
  for (uint32_t i = 0; i < shape.layers; ++i) {
    Layer& layer = shape.per_layer[i];
    layer.heads = heads[i];
    layer.kv_heads = kv_heads[i];
    layer.ffn_width = widths[i];
    shape.heads = std::max(shape.heads, heads[i]);
    shape.kv_heads = std::max(shape.kv_heads, kv_heads[i]);
  }
  const uint32_t even = shape.heads ? shape.width / shape.heads : 0;
  shape.head_dim = keys.number("attention.key_length", even, longest_head);
  shape.value_dim = keys.number("attention.value_length", shape.head_dim, longest_head);
  shape.q_lora_rank = keys.number("attention.q_lora_rank", 0, most_heads * 4);
  shape.kv_lora_rank = keys.number("attention.kv_lora_rank", 0, most_heads * 4);
  if (shape.kv_lora_rank) {
    // Files since 2025 state the sizes before the latent (key_length_mla) apart from those after it.
    shape.head_dim = keys.number("attention.key_length_mla", shape.head_dim, longest_head);
    shape.value_dim = keys.number("attention.value_length_mla", shape.value_dim, longest_head);
    shape.rope_dim = keys.number("rope.dimension_count", 0, longest_head);
    if (shape.rope_dim > shape.head_dim)
      keys.refuse("rope.dimension_count",
                  fmt::format("is more than the {} values of a head", shape.head_dim));
    shape.head_dim -= std::min(shape.rope_dim, shape.head_dim);
  }
  shape.relative_buckets = keys.number("attention.relative_buckets_count");
  // In Gemma 4 heads are longer in the layers without a window.
  if (!keys.has("attention.key_length_swa")) return;
  const uint32_t long_heads = shape.head_dim;
  shape.head_dim = keys.number("attention.key_length_swa", 0, longest_head);
  shape.value_dim = keys.number("attention.value_length_swa", shape.head_dim, longest_head);
  for (Layer& layer : shape.per_layer)
    if (layer.window == 0) layer.head_dim = long_heads;
}

void read_state_space(Keys& keys, ModelShape& shape) {
  StateSpace& state = shape.state_space;
  state.inner = keys.number("ssm.inner_size");
  state.state = keys.number("ssm.state_size");
  state.kernel = keys.number("ssm.conv_kernel", keys.number("shortconv.l_cache"));
  state.dt_rank = keys.number("ssm.time_step_rank");
  state.groups = keys.number("ssm.group_count");
  if (keys.has("shortconv.l_cache")) state.inner = shape.width;
}

void read_counts(Keys& keys, ModelShape& shape) {
  shape.width = keys.number("embedding_length");
  shape.max_context = keys.number("context_length");
  shape.norm = keys.has("attention.layer_norm_rms_epsilon") ? NormKind::rms : NormKind::layer;
  if (!keys.has("attention.layer_norm_epsilon")) shape.norm = NormKind::rms;
  shape.experts = keys.number("expert_count", 0, UINT16_MAX);
  shape.experts_active = keys.number("expert_used_count", 0, most_experts_active);
  shape.shared_experts = keys.number("expert_shared_count", 0, UINT16_MAX);
  shape.per_layer_width = keys.number("embedding_length_per_layer_input");
  shape.altup_inputs = keys.number("altup.num_inputs");
}

/// T5. block_count counts the layers of the encoder. The decoder has as many unless decoder_block_count is
/// there.
void read_stacks(Keys& keys, ModelShape& shape) {
  const bool encodes_first = shape.architecture == "t5";
  const bool encodes_only = shape.architecture == "t5encoder";
  if (!encodes_first && !encodes_only) return;
  shape.encoder_layers = encodes_first ? shape.layers : 0;
  if (encodes_first) shape.layers = keys.number("decoder_block_count", shape.layers, most_layers);
  shape.encoder_ffn_width = keys.number("feed_forward_length");
}

bool encodes(const Gguf& file, const std::string& architecture) {
  const GgufValue* causal = file.find(architecture + ".attention.causal");
  return (causal && causal->type == GgufType::boolean && causal->number == 0) ||
         architecture == "t5encoder" || architecture == "gemma-embedding";
}

void read_tensors(const Gguf& file, ModelShape& shape) {
  for (const GgufTensor& tensor : file.tensors)
    shape.tensors.push_back(
        tensor_of(plain_text(tensor.name), tensor.dimensions, tensor.format, shape.experts_active));
  join_experts(shape.tensors, shape.experts_active);
  for (const Tensor& tensor : shape.tensors) {
    if (tensor.role == TensorRole::token_embedding && tensor.rows <= UINT32_MAX)
      shape.vocab = static_cast<uint32_t>(tensor.rows);
    if (tensor.role == TensorRole::per_layer_embedding && tensor.rows <= UINT32_MAX)
      shape.per_layer_vocab = static_cast<uint32_t>(tensor.rows);
  }
}

/// Files state the heads of Mamba 2 and of gated delta nets under Mamba's key time_step_rank
/// (llama.cpp, src/models/mamba2.cpp, src/models/qwen3next.cpp, read 2026-11-24). Which of them a file has is
/// known once its layers are.
void name_state_heads(ModelShape& shape) {
  const bool by_heads = std::any_of(shape.per_layer.begin(), shape.per_layer.end(), [](const Layer& layer) {
    return layer.mixer == Mixer::mamba2 || layer.mixer == Mixer::gated_delta;
  });
  if (by_heads) std::swap(shape.state_space.heads, shape.state_space.dt_rank);
}

}  // namespace

tl::expected<ModelShape, std::string> shape_of_gguf(const Gguf& file, const std::string& where) {
  ModelShape shape;
  shape.architecture = text_of(file, "general.architecture");
  if (shape.architecture.empty())
    return tl::unexpected(fmt::format("{}: \"general.architecture\" is missing", where));
  if (shape.architecture == "clip")
    return tl::unexpected(
        fmt::format("{} holds a vision tower alone; import the language model that it belongs to", where));
  for (const GgufTensor& tensor : file.tensors)
    if (tensor.dimensions[0] > UINT32_MAX)
      return tl::unexpected(fmt::format("{}: tensor \"{}\" has rows of {} values", where,
                                        plain_text(tensor.name), tensor.dimensions[0]));
  Keys keys(file, shape.architecture, where);
  // Each layer has at least one tensor of its own, so the tensors of the file limit the layers.
  shape.layers = keys.number("block_count", 0, most_layers);
  if (!keys.has("block_count") || shape.layers > file.tensors.size())
    keys.refuse("block_count", fmt::format("is {}, and there are {} tensors",
                                           keys.has("block_count") ? std::to_string(shape.layers) : "missing",
                                           file.tensors.size()));
  read_stacks(keys, shape);
  if (shape.layers > file.tensors.size())
    keys.refuse("decoder_block_count", "is more than there are tensors");
  if (!keys.error().empty()) return tl::unexpected(keys.error());
  shape.per_layer.resize(shape.layers);
  shape.task = encodes(file, shape.architecture) ? Task::encode : Task::chat;
  shape.title = text_of(file, "general.name");
  shape.licence = text_of(file, "general.license");
  read_counts(keys, shape);
  read_windows(keys, shape);
  read_attention(keys, shape);
  read_state_space(keys, shape);
  read_tensors(file, shape);
  read_layers(shape);
  read_last_layers(keys, shape);
  name_state_heads(shape);
  if (shape.width == 0) keys.refuse("embedding_length", "is missing or 0");
  if (shape.max_context == 0) keys.refuse("context_length", "is missing or 0");
  const bool has_experts =
      std::any_of(shape.per_layer.begin(), shape.per_layer.end(),
                  [](const Layer& layer) { return layer.feed_forward == FeedForward::experts; });
  if (has_experts && shape.experts_active == 0)
    keys.refuse("expert_used_count", "is missing or 0, and there are tensors of experts");
  if (shape.experts_active > shape.experts) keys.refuse("expert_used_count", "is more than \"expert_count\"");
  if (!keys.error().empty()) return tl::unexpected(keys.error());
  if (shape.vocab == 0)
    return tl::unexpected(fmt::format("{}: there is no tensor \"token_embd.weight\"", where));
  shape.rope = shape.positions == 0 && shape.relative_buckets == 0 && !keys.has("attention.max_alibi_bias");
  describe_layers(shape);
  shape.rope = shape.rope && !shape.attention.empty();
  const GgufValue* type = file.find("general.file_type");
  shape.file_format =
      stored_format_name(shape, type && !type->array ? static_cast<uint32_t>(type->number) : no_gguf);
  shape.file_bytes = file.file_bytes;
  shape.tokenizer_bytes = file.tokenizer_bytes;
  return shape;
}

}  // namespace weighin
