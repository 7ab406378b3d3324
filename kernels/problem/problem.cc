#include "kernels/problem/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace weighin {
namespace {

constexpr std::array<std::pair<Op, std::string_view>, 30> op_names{{
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
    {Op::repack, "repack"},
    {Op::barrier, "barrier"},
    {Op::storage_read, "storage_read"},
    {Op::copy_to_device, "copy_to_device"},
    {Op::copy_from_device, "copy_from_device"},
    {Op::copy_on_device, "copy_on_device"},
    {Op::peak_fp16, "peak_fp16"},
    {Op::peak_matrix, "peak_matrix"},
    {Op::dispatch, "dispatch"},
    {Op::submit, "submit"},
    {Op::allocate, "allocate"},
    {Op::add, "add"},
    {Op::cache_write, "cache_write"},
    {Op::expert_products, "expert_products"},
}};

constexpr double activation_bytes = 4;

/// Operations for one value of the small operations. They place the kernels on the roofline; none is bound by
/// them. Norms: square, add, scale, weight. Softmax: subtract, exp (about 8), add, divide. SwiGLU and GELU:
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
    case Op::add:
      return 1;
    default:
      return 0;
  }
}

/// Each token's experts are drawn on their own, so of `experts` matrices experts (1 - (1 - used / experts)^n)
/// are read on average.
Cost expert_cost(const Problem& p) {
  const double experts = std::max(1u, p.heads), used = p.kv_heads, m = static_cast<double>(p.m), n = p.n,
               k = p.k;
  const double reached = experts * (1 - std::pow(1 - std::min(1.0, used / experts), n));
  return {static_cast<double>(row_bytes(p.format, p.k)) * m * reached + n * k * activation_bytes,
          n * used * m * activation_bytes, 2 * m * n * k * used};
}

Cost matrix_cost(const Problem& p) {
  const double m = static_cast<double>(p.m), n = p.n, k = p.k;
  return {static_cast<double>(row_bytes(p.format, p.k)) * m + n * k * activation_bytes,
          n * m * activation_bytes, 2 * m * n * k};
}

/// Every cached key and value is read once: with GQA a KV head is read for the whole group of query heads
/// that share it. Scores and weighted values take 2 multiply-adds for each cached value and query head.
Cost attention_cost(const Problem& p) {
  const double cached = 2.0 * p.context * p.kv_heads * static_cast<double>(row_bytes(p.format, p.k)),
               vectors = double(p.heads) * p.k * activation_bytes;
  return {cached + vectors, vectors, 4.0 * p.context * p.heads * p.k};
}

/// Attention over n tokens. A causal token sees half of them on average. In an encoder every token sees all;
/// the context is then 0.
Cost prefill_attention_cost(const Problem& p) {
  const double n = p.n, seen = p.context == 0 ? n : (n + 1) / 2;
  const double queries = n * p.heads * p.k * activation_bytes;
  return {queries + 2 * n * p.kv_heads * static_cast<double>(row_bytes(p.format, p.k)), queries,
          4 * n * seen * p.heads * p.k};
}

Cost elementwise_cost(const Problem& p) {
  const double values = p.op == Op::rope ? double(p.n) * static_cast<double>(p.m) * p.k : double(p.n) * p.k;
  const double operands = p.op == Op::swiglu || p.op == Op::add ? 2 : 1;
  return {operands * values * activation_bytes, values * activation_bytes,
          values * elementwise_operations(p.op)};
}

/// Bytes after rounding: ggml's q8_0 has 34 bytes for 32 values, and its q8_K 292 for 256. With a scale a
/// row, each value is a byte.
Cost quantize_cost(const Problem& p) {
  const double values = double(p.n) * p.k;
  const double bytes = p.format == FormatId::bf16           ? 2
                       : p.format == FormatId::int8_channel ? 1
                       : p.format == FormatId::q8_0         ? 34.0 / 32
                                                            : 292.0 / 256;
  return {values * activation_bytes, values * bytes, 4 * values};  // size, compare, scale, round
}

}  // namespace

std::string_view op_name(Op op) {
  return std::find_if(op_names.begin(), op_names.end(), [&](const auto& row) { return row.first == op; })
      ->second;
}

bool is_matrix(Op op) {
  return op == Op::gemv || op == Op::gemm;
}

bool is_product(Op op) {
  return is_matrix(op) || op == Op::expert_products;
}

bool is_attention(Op op) {
  return op == Op::attention || op == Op::prefill_attention;
}

bool is_bound(Op op) {
  switch (op) {
    case Op::stream_read:
    case Op::peak_fp32:
    case Op::peak_bf16:
    case Op::peak_int8:
    case Op::peak_fp16:
    case Op::peak_matrix:
      return true;
    default:
      return false;
  }
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
    case Op::peak_fp16:
    case Op::peak_matrix:
      return {0, 0, static_cast<double>(p.m)};
    case Op::copy_to_device:
    case Op::copy_from_device:
    case Op::copy_on_device:
      return {static_cast<double>(p.m), static_cast<double>(p.m), 0};
    case Op::allocate:
      return {0, static_cast<double>(p.m), 0};
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
    case Op::repack: {
      const double bytes = static_cast<double>(row_bytes(p.format, p.k)) * static_cast<double>(p.m);
      return {bytes, bytes, 0};
    }
    case Op::cache_write:
      return {double(p.n) * p.k * activation_bytes, static_cast<double>(row_bytes(p.format, p.k)) * p.n, 0};
    case Op::expert_products:
      return expert_cost(p);
    case Op::barrier:
    case Op::dispatch:
    case Op::submit:
      return {};
    default:
      return elementwise_cost(p);
  }
}

double tokens_of_expert(const Problem& p) {
  return double{1} * p.n * p.kv_heads / std::max(1U, p.heads);
}

FormatId rounded_for(Op op, FormatId format) {
  if (format == FormatId::bf16) return op == Op::gemm ? format : FormatId::none;
  if (!format_of(format).quantized()) return FormatId::none;
  if (format == FormatId::int8_channel) return format;
  return format_of(format).block_values > 32 ? FormatId::q4_K : FormatId::q8_0;
}

Op peak_of(const Problem& p) {
  const bool matrix = is_product(p.op);
  if (matrix && format_of(p.format).quantized()) return Op::peak_int8;
  return matrix && p.format == FormatId::bf16 ? Op::peak_bf16 : Op::peak_fp32;
}

bool same_rate(const Problem& a, const Problem& b) {
  if (a.op != b.op || a.format != b.format) return false;
  if (a.op == Op::attention || a.op == Op::prefill_attention) {
    return a.k == b.k && a.heads == b.heads && a.kv_heads == b.kv_heads &&
           (a.context == 0) == (b.context == 0);
  }
  if (!is_product(a.op)) return true;
  const bool like_rows = std::max(a.k, b.k) <= same_rate_columns * std::min(a.k, b.k);
  if (is_matrix(a.op)) return a.n == b.n && like_rows;
  if (a.n == 1 || b.n == 1) return a.n == b.n && like_rows;
  const double tokens = tokens_of_expert(a) / tokens_of_expert(b);
  return like_rows && std::max(tokens, 1 / tokens) <= same_rate_columns;
}

}  // namespace weighin
