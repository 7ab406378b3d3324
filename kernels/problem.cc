#include "kernels/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "models/memory.h"

namespace weighin {
namespace {

constexpr std::array<std::pair<Op, std::string_view>, 18> op_names{{
    {Op::stream_read, "stream_read"},
    {Op::peak_fp32, "peak_fp32"},
    {Op::peak_bf16, "peak_bf16"},
    {Op::peak_int8, "peak_int8"},
    {Op::quantize, "quantize"},
    {Op::gemv, "gemv"},
    {Op::gemm, "gemm"},
    {Op::attention, "attention"},
    {Op::prefill_attention, "prefill_attention"},
    {Op::rms_norm, "rms_norm"},
    {Op::layer_norm, "layer_norm"},
    {Op::rope, "rope"},
    {Op::softmax, "softmax"},
    {Op::swiglu, "swiglu"},
    {Op::gelu, "gelu"},
    {Op::embedding, "embedding"},
    {Op::barrier, "barrier"},
    {Op::storage_read, "storage_read"},
}};

// Bytes of one activation, and of one value of an f16 KV cache.
constexpr double activation_bytes = 4;
constexpr double cache_bytes = 2;

/// Operations on one value of the small operations: they order the kernels on the roofline, none is bound by
/// them. Norm: square, add, scale, weight; softmax: subtract, exp (about 8), add, divide; SwiGLU and GELU:
/// exp and 4 more.
double elementwise_operations(Op op) {
  switch (op) {
    case Op::rms_norm:
      return 4;
    case Op::layer_norm:
      return 7;
    case Op::rope:
      return 3;
    case Op::softmax:
      return 11;
    case Op::swiglu:
      return 12;
    case Op::gelu:
      return 12;
    default:
      return 0;
  }
}

Cost matrix_cost(const Problem& p) {
  const double m = static_cast<double>(p.m), n = p.n, k = p.k;
  return {static_cast<double>(row_bytes(p.format, p.k)) * m + n * k * activation_bytes,
          n * m * activation_bytes, 2 * m * n * k};
}

/// Every cached key and value is read once for each query head that shares it no more than once: GQA reads a
/// KV head for its whole group. Scores and weighted values are 2 multiply-adds a cached value and query head.
Cost attention_cost(const Problem& p) {
  const double cached = 2.0 * p.context * p.kv_heads * p.k,
               vectors = double(p.heads) * p.k * activation_bytes;
  return {cached * cache_bytes + vectors, vectors, 4.0 * p.context * p.heads * p.k};
}

/// Causal over n tokens: on average half of them are seen (encoders see all; context is then 0 and n counts
/// fully).
Cost prefill_attention_cost(const Problem& p) {
  const double n = p.n, seen = p.context == 0 ? n : (n + 1) / 2;
  const double queries = n * p.heads * p.k * activation_bytes;
  return {queries + 2 * n * p.kv_heads * p.k * cache_bytes, queries, 4 * n * seen * p.heads * p.k};
}

Cost elementwise_cost(const Problem& p) {
  const double values = p.op == Op::rope ? double(p.n) * static_cast<double>(p.m) * p.k : double(p.n) * p.k;
  const double operands = p.op == Op::swiglu ? 2 : 1;
  return {operands * values * activation_bytes, values * activation_bytes,
          values * elementwise_operations(p.op)};
}

/// ggml's q8_0: 34 bytes for 32 values; q8_K: 292 for 256; a row: as many bytes and a scale.
Cost quantize_cost(const Problem& p) {
  const double values = double(p.n) * p.k;
  const double bytes = p.format == FormatId::bf16           ? 2
                       : p.format == FormatId::int8_channel ? 1
                       : p.format == FormatId::q8_0         ? 34.0 / 32
                                                            : 292.0 / 256;
  return {values * activation_bytes, values * bytes, 4 * values};  // size, compare, scale, round
}

/// One step's problems, equal ones of one part gathered.
class Step {
 public:
  void add(const Problem& problem, double times, std::string part) {
    if (times <= 0 || (problem.k == 0 && problem.op != Op::barrier)) return;
    const auto same = std::find_if(uses_.begin(), uses_.end(), [&](const auto& use) {
      return use.problem == problem && use.part == part;
    });
    if (same == uses_.end()) {
      uses_.push_back({problem, times, std::move(part)});
    } else {
      same->times += times;
    }
  }
  std::vector<ProblemUse> take() { return std::move(uses_); }

 private:
  std::vector<ProblemUse> uses_;
};

/// How many of `n` tokens a tensor's products are computed for together: the output head and the pooler serve
/// the last token only.
uint32_t tokens_of(TensorRole role, uint32_t n) {
  return role == TensorRole::output || role == TensorRole::pooler ? 1 : n;
}

/// Tokens that reach one expert when `n` are computed together and the router spreads them evenly.
uint32_t tokens_of_expert(const ModelShape& shape, uint32_t n) {
  return std::max<uint32_t>(1, n * shape.experts_active / std::max<uint32_t>(1, shape.experts));
}

/// The router is small and kept in f32; every other tensor that is kept so is no product's.
bool multiplied(const Tensor& tensor) {
  return tensor.used > 0 && (tensor.role == TensorRole::router || !kept_in_f32(tensor.role));
}

void add_matrices(Step& step, const ModelShape& shape, const std::vector<FormatId>& formats, uint32_t n) {
  for (size_t i = 0; i < shape.tensors.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    if (!multiplied(tensor)) continue;
    uint32_t tokens = tokens_of(tensor.role, n);
    double times = tensor.used;
    if (is_expert(tensor.role) && tokens > 1) {
      // The work of `used` products a token, regrouped: each expert that is reached computes its share of
      // tokens.
      tokens = tokens_of_expert(shape, n);
      times = static_cast<double>(tensor.used) * n / tokens;
    }
    const Op op = tokens == 1 ? Op::gemv : Op::gemm;
    const FormatId of_tensor = kernel_format_for(formats[i], tensor.cols);
    // As often as products: engines round again for each.
    if (const FormatId rounded = rounded_for(op, of_tensor); rounded != FormatId::none)
      step.add({.op = Op::quantize, .format = rounded, .n = tokens, .k = static_cast<uint32_t>(tensor.cols)},
               times, "activations");
    step.add({.op = op,
              .format = of_tensor,
              .m = tensor.rows,
              .n = tokens,
              .k = static_cast<uint32_t>(tensor.cols)},
             times, std::string(role_name(tensor.role)));
  }
}

void add_small_operations(Step& step, const ModelShape& shape, const std::vector<FormatId>& formats,
                          uint32_t n) {
  const Op norm = shape.norm == NormKind::rms ? Op::rms_norm : Op::layer_norm;
  step.add({.op = norm, .n = n, .k = shape.width}, shape.norms, "norm");
  const bool gated = shape.activation == Activation::swiglu || shape.activation == Activation::geglu;
  step.add({.op = gated ? Op::swiglu : Op::gelu, .n = n, .k = shape.ffn_width}, shape.activations,
           "activation");
  for (const AttentionLayers& group : shape.attention) {
    if (!shape.rope) break;
    step.add({.op = Op::rope, .m = group.heads + group.kv_heads, .n = n, .k = group.key_dim}, group.layers,
             "rope");
  }
  for (size_t i = 0; i < shape.tensors.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    if (tensor.role != TensorRole::token_embedding && tensor.role != TensorRole::per_layer_embedding)
      continue;
    step.add({.op = Op::embedding,
              .format = kernel_format_for(formats[i], tensor.cols),
              .m = tensor.rows,
              .n = n,
              .k = static_cast<uint32_t>(tensor.cols)},
             1, std::string(role_name(tensor.role)));
  }
  if (shape.task == Task::chat) step.add({.op = Op::softmax, .n = 1, .k = shape.vocab}, 1, "sampling");
}

/// Layers with unlike key and value sizes (MLA) are priced by the mean of both, which has the same cost.
uint32_t mean_dim(const AttentionLayers& group) {
  return (group.key_dim + group.value_dim + 1) / 2;
}

}  // namespace

std::string_view op_name(Op op) {
  return std::find_if(op_names.begin(), op_names.end(), [&](const auto& row) { return row.first == op; })
      ->second;
}

bool find_op(std::string_view name, Op& op) {
  const auto row =
      std::find_if(op_names.begin(), op_names.end(), [&](const auto& r) { return r.second == name; });
  if (row == op_names.end()) return false;
  op = row->first;
  return true;
}

std::string describe(const Problem& p) {
  std::string text(op_name(p.op));
  if (p.format != FormatId::none) text += fmt::format(" {}", format_of(p.format).name);
  if (p.m) text += fmt::format(" m={}", p.m);
  if (p.n > 1) text += fmt::format(" n={}", p.n);
  if (p.k) text += fmt::format(" k={}", p.k);
  if (p.heads) text += fmt::format(" heads={} kv_heads={}", p.heads, p.kv_heads);
  if (p.context) text += fmt::format(" context={}", p.context);
  return text;
}

Cost cost_of(const Problem& p) {
  switch (p.op) {
    case Op::stream_read:
    case Op::storage_read:
      return {static_cast<double>(p.m), 0, 0};
    case Op::peak_fp32:
    case Op::peak_bf16:
    case Op::peak_int8:
      return {0, 0, static_cast<double>(p.m)};
    case Op::quantize:
      return quantize_cost(p);
    case Op::gemv:
    case Op::gemm:
      return matrix_cost(p);
    case Op::attention:
      return attention_cost(p);
    case Op::prefill_attention:
      return prefill_attention_cost(p);
    case Op::embedding:
      return {static_cast<double>(row_bytes(p.format, p.k)) * p.n, double(p.n) * p.k * activation_bytes, 0};
    case Op::barrier:
      return {};
    default:
      return elementwise_cost(p);
  }
}

FormatId rounded_for(Op op, FormatId format) {
  if (format == FormatId::bf16) return op == Op::gemm ? format : FormatId::none;
  if (!format_of(format).quantized()) return FormatId::none;
  if (format == FormatId::int8_channel) return format;
  return format_of(format).block_values > 32 ? FormatId::q4_K : FormatId::q8_0;
}

Op peak_of(const Problem& p) {
  const bool matrix = p.op == Op::gemv || p.op == Op::gemm;
  if (matrix && format_of(p.format).quantized()) return Op::peak_int8;
  return matrix && p.format == FormatId::bf16 ? Op::peak_bf16 : Op::peak_fp32;
}

std::vector<ProblemUse> decode_step(const ModelShape& shape, const FileFormat& format, uint32_t depth) {
  Step step;
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  add_matrices(step, shape, formats, 1);
  for (const AttentionLayers& group : shape.attention) {
    const uint32_t seen = group.window ? std::min(group.window, depth + 1) : depth + 1;
    step.add({.op = Op::attention,
              .format = FormatId::f16,
              .k = mean_dim(group),
              .heads = group.heads,
              .kv_heads = group.kv_heads,
              .context = seen},
             group.layers, "attention");
  }
  add_small_operations(step, shape, formats, 1);
  return step.take();
}

std::vector<ProblemUse> prefill_step(const ModelShape& shape, const FileFormat& format, uint32_t n) {
  Step step;
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  add_matrices(step, shape, formats, n);
  for (const AttentionLayers& group : shape.attention) {
    step.add({.op = Op::prefill_attention,
              .format = FormatId::f16,
              .n = n,
              .k = mean_dim(group),
              .heads = group.heads,
              .kv_heads = group.kv_heads,
              .context = shape.task == Task::encode ? 0 : n},
             group.layers, "attention");
  }
  add_small_operations(step, shape, formats, n);
  return step.take();
}

}  // namespace weighin
