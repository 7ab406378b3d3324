#include "kernels/problem/steps.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "kernels/problem/problem.h"
#include "models/bytes/tensor_formats.h"
#include "models/llamacpp/split.h"
#include "models/memory/memory.h"
#include "models/shape/build_shape.h"

namespace weighin {
namespace {

/// The problems of one step. Equal problems of one part are merged.
class Step {
 public:
  explicit Step(const ModelShape& shape) : layers_(shape.per_layer.size()) {}

  /// Adds a problem at one place in the model, as in ProblemUse::places.
  void add(const Problem& problem, double times, const std::string& part, size_t place,
           const std::optional<Problem>& of_all_experts = {}) {
    if (times <= 0 || problem.k == 0) return;
    ProblemUse& use = use_of(problem, part);
    use.times += times;
    use.places.at(place) += times;
    use.of_all_experts = of_all_experts;
  }
  /// Adds a problem that every layer has equally often.
  void add_evenly(const Problem& problem, double times, const std::string& part) {
    if (times <= 0 || problem.k == 0) return;
    ProblemUse& use = use_of(problem, part);
    use.times += times;
    for (size_t layer = 0; layer < layers_; ++layer)
      use.places[layer_place(layer)] += times / static_cast<double>(layers_);
  }

  static size_t before_layers() { return 0; }
  static size_t layer_place(size_t layer) { return layer + 1; }
  size_t after_layers() const { return layers_ + 1; }
  size_t place_of(const Tensor& tensor) const {
    // The encoder that precedes a decoder may have more layers than the decoder.
    if (tensor.layer >= 0) return std::min(layer_place(static_cast<size_t>(tensor.layer)), layers_);
    return llamacpp::lies_with_head(tensor) ? after_layers() : before_layers();
  }
  std::vector<ProblemUse> take() { return std::move(uses_); }

 private:
  ProblemUse& use_of(const Problem& problem, const std::string& part) {
    for (ProblemUse& use : uses_)
      if (use.problem == problem && use.part == part) return use;
    uses_.push_back({problem, 0, part, std::vector<double>(layers_ + 2)});
    return uses_.back();
  }

  size_t layers_;
  std::vector<ProblemUse> uses_;
};

/// For how many of `n` tokens the products of a tensor are computed. The output head and the pooler serve the
/// last token only.
uint32_t tokens_of(TensorRole role, uint32_t n) {
  return role == TensorRole::output || role == TensorRole::pooler ? 1 : n;
}

/// Tokens that reach one expert when `n` are computed together and the router spreads them evenly.
uint32_t tokens_of_expert(const ModelShape& shape, uint32_t n) {
  return std::max<uint32_t>(1, n * shape.experts_active / std::max<uint32_t>(1, shape.experts));
}

/// A number for the input that a layer's product multiplies. Products with the same number share their input,
/// which is rounded once for all of them. 0: an input of its own.
int input_of(TensorRole role) {
  switch (role) {
    case TensorRole::attn_q:
    case TensorRole::attn_k:
    case TensorRole::attn_v:
      return 1;
    case TensorRole::ffn_gate:
    case TensorRole::ffn_up:
      return 2;
    case TensorRole::expert_gate:
    case TensorRole::expert_up:
      return 3;
    default:
      return 0;
  }
}

/// Whether a tensor is multiplied by a product. The router is small and kept in f32; no other tensor that is
/// kept in f32 is multiplied.
bool multiplied(const Tensor& tensor) {
  return tensor.used > 0 && (tensor.role == TensorRole::router || !kept_in_f32(tensor.role));
}

void add_matrices(Step& step, const ModelShape& shape, const FileFormat& file,
                  const std::vector<FormatId>& formats, uint32_t n) {
  std::set<std::tuple<int32_t, int, FormatId>> rounded_inputs;
  for (size_t i = 0; i < shape.tensors.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    if (!multiplied(tensor)) continue;
    uint32_t tokens = tokens_of(tensor.role, n);
    // All experts that a token uses take one input, which is rounded once; what they give to the last product
    // is each one's own.
    const int input = input_of(tensor.role);
    const bool expert = is_expert(tensor.role);
    const double inputs =
        expert && input != 0 ? double{1} * tensor.used / std::max(1U, shape.experts_active) : tensor.used;
    const uint32_t rounded_tokens = tokens;
    double times = tensor.used;
    if (expert && tokens > 1) {
      // The work of `used` products a token is regrouped: each expert that is reached computes its share of
      // the tokens.
      tokens = tokens_of_expert(shape, n);
      times = static_cast<double>(tensor.used) * n / tokens;
    }
    const Op op = tokens == 1 ? Op::gemv : Op::gemm;
    const FormatId of_tensor = kernel_format_in(file, formats[i], tensor.cols);
    const FormatId rounded = rounded_for(op, of_tensor);
    const auto k = static_cast<uint32_t>(tensor.cols);
    const size_t place = step.place_of(tensor);
    const bool again = input != 0 && !rounded_inputs.emplace(tensor.layer, input, rounded).second;
    if (rounded != FormatId::none && !again)
      step.add({.op = Op::quantize, .format = rounded, .n = rounded_tokens, .k = k}, inputs, "activations",
               place);
    std::optional<Problem> of_all;
    if (expert)
      of_all = Problem{.op = Op::expert_products,
                       .format = of_tensor,
                       .m = tensor.rows,
                       .n = n,
                       .k = k,
                       .heads = shape.experts,
                       .kv_heads = shape.experts_active};
    step.add({.op = op, .format = of_tensor, .m = tensor.rows, .n = tokens, .k = k}, times,
             std::string(role_name(tensor.role)), place, of_all);
  }
}

void add_small_operations(Step& step, const ModelShape& shape, const FileFormat& file,
                          const std::vector<FormatId>& formats, uint32_t n) {
  const Op norm = shape.norm == NormKind::rms ? Op::rms_norm : Op::layer_norm;
  step.add_evenly({.op = norm, .n = n, .k = shape.width}, shape.norms, "norm");
  const bool gated = shape.activation == Activation::swiglu || shape.activation == Activation::geglu;
  step.add_evenly({.op = gated ? Op::swiglu : Op::gelu, .n = n, .k = shape.ffn_width}, shape.activations,
                  "activation");
  for (size_t layer = 0; shape.rope && layer < shape.per_layer.size(); ++layer)
    if (const auto group = attention_of(shape, shape.per_layer[layer]))
      step.add({.op = Op::rope, .m = group->heads + group->kv_heads, .n = n, .k = group->key_dim}, 1, "rope",
               Step::layer_place(layer));
  for (size_t i = 0; i < shape.tensors.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    if (tensor.role != TensorRole::token_embedding && tensor.role != TensorRole::per_layer_embedding)
      continue;
    step.add({.op = Op::embedding,
              .format = kernel_format_in(file, formats[i], tensor.cols),
              .m = tensor.rows,
              .n = n,
              .k = static_cast<uint32_t>(tensor.cols)},
             1, std::string(role_name(tensor.role)), Step::before_layers());
  }
  // Sampling is the CPU's work, as the embedding is.
  if (shape.task == Task::chat)
    step.add({.op = Op::softmax, .n = 1, .k = shape.vocab}, 1, "sampling", Step::before_layers());
}

/// Layers whose keys and values differ in size (MLA) are priced by the mean of both sizes, which has the same
/// cost.
uint32_t mean_dim(const AttentionLayers& group) {
  return (group.key_dim + group.value_dim + 1) / 2;
}

/// How many pairs of a token and one that it sees remain with a window, as a share of those among all `n`
/// tokens. A causal token sees up to `window` tokens back, itself among them. A token of an encoder sees
/// `window` tokens around it (the ends of the text are neglected).
double share_of_window(uint32_t window, uint32_t n, bool causal) {
  if (window == 0 || window >= n) return 1;
  const double w = window, all = n;
  if (!causal) return w / all;
  return (w * (w + 1) / 2 + (all - w) * w) / (all * (all + 1) / 2);
}

}  // namespace

ProblemUse with_all_experts(ProblemUse use) {
  const Problem all = *use.of_all_experts;
  const double operations = static_cast<double>(use.problem.n) / (double{1} * all.kv_heads * all.n);
  use.problem = all;
  use.of_all_experts.reset();
  use.times *= operations;
  for (double& place : use.places) place *= operations;
  return use;
}

std::vector<ProblemUse> decode_step(const ModelShape& shape, const FileFormat& format, uint32_t depth,
                                    FormatId cache) {
  Step step(shape);
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  add_matrices(step, shape, format, formats, 1);
  for (size_t layer = 0; layer < shape.per_layer.size(); ++layer) {
    const auto group = attention_of(shape, shape.per_layer[layer]);
    if (!group) continue;
    const uint32_t seen = group->window ? std::min(group->window, depth + 1) : depth + 1;
    step.add({.op = Op::attention,
              .format = cache,
              .k = mean_dim(*group),
              .heads = group->heads,
              .kv_heads = group->kv_heads,
              .context = seen},
             1, "attention", Step::layer_place(layer));
  }
  add_small_operations(step, shape, format, formats, 1);
  return step.take();
}

std::vector<ProblemUse> prefill_step(const ModelShape& shape, const FileFormat& format, uint32_t n,
                                     FormatId cache) {
  Step step(shape);
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  add_matrices(step, shape, format, formats, n);
  const bool causal = shape.task != Task::encode;
  for (size_t layer = 0; layer < shape.per_layer.size(); ++layer) {
    const auto group = attention_of(shape, shape.per_layer[layer]);
    if (!group) continue;
    step.add({.op = Op::prefill_attention,
              .format = cache,
              .n = n,
              .k = mean_dim(*group),
              .heads = group->heads,
              .kv_heads = group->kv_heads,
              .context = causal ? n : 0},
             share_of_window(group->window, n, causal), "attention", Step::layer_place(layer));
  }
  add_small_operations(step, shape, format, formats, n);
  return step.take();
}

}  // namespace weighin
