// Problems: one operation of one size, and what it costs. The plan measures problems, and the prediction adds
// up the times of a model's problems (steps.h).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "models/format/format.h"

namespace weighin {

enum class Op : uint8_t {
  stream_read,        // read m bytes: the bandwidth bound
  peak_fp32,          // fused multiply-adds in registers: the arithmetic bound
  peak_bf16,          // bf16 dot products accumulated in f32
  peak_int8,          // int8 dot products accumulated in int32
  quantize,           // round n rows of k activations to what products with weights of `format` take
  gemv,               // decode: y[m] = W[m][k] x[k], where x is already rounded
  gemm,               // prefill: Y[n][m] = X[n][k] W[m][k]^T, where X is already rounded
  attention,          // one token over a KV cache of `context` tokens
  prefill_attention,  // n tokens over each other: causal when context = n; when context = 0, every token sees
                      // all (encoders)
  rms_norm,           // n rows of k values
  layer_norm,         // n rows of k values
  rope,               // n tokens: rotate m heads of k dimensions
  softmax,            // n rows of k values
  swiglu,             // n rows: silu(gate[k]) * up[k]
  gelu,               // n rows of k values
  embedding,          // look up n rows of k values
  repack,        // m rows of k weights from the file's order to the kernels' order, into memory of their own
  barrier,       // all threads meet once
  storage_read,  // read m bytes from where models are stored, past the page cache
  // Operations of GPUs alone:
  copy_to_device,    // m bytes from memory that the CPU writes to the GPU's own memory
  copy_from_device,  // m bytes from the GPU's own memory to memory that the CPU reads
  copy_on_device,    // m bytes from one place of the GPU's memory to another
  peak_fp16,         // fused multiply-adds of pairs of halves in registers
  peak_matrix,       // products of halves in matrix units, summed as floats
  dispatch,          // an empty operation between others, with the wait for it
  submit,            // an empty operation submitted to the GPU by itself, until the CPU knows that it is done
  allocate,          // allocate m bytes of the GPU's memory, in pieces, and write every page
  // Operations that only an engine's graph has as such (Measurement::engine):
  add,          // n rows of k values: the sum or product of two tensors
  cache_write,  // write n rows of k f32 values into a KV cache of `format`
  // Of engines' graphs and of the CPU:
  expert_products,  // n tokens, each times `kv_heads` of `heads` matrices W[m][k], which are drawn for each
                    // token; X is already rounded
};

std::string_view op_name(Op op);
/// Sets `op` to the operation called `name`. Where there is none, returns false and leaves `op` as it was.
bool find_op(std::string_view name, Op& op);
/// A product of a matrix with one token or with many.
bool is_matrix(Op op);
/// A product with weights: is_matrix(), or that of experts.
bool is_product(Op op);
bool is_attention(Op op);
/// stream_read and the peaks: the bounds of a machine, which other operations are compared with.
bool is_bound(Op op);

/// One operation of one size. Fields that an operation does not have are 0.
struct Problem {
  Op op = Op::gemv;
  FormatId format = FormatId::none;  // of the weights; attention: of the KV cache; quantize: rounded_for()
  uint64_t m = 0;                    // rows of W (outputs), heads, or bytes
  uint32_t n = 0;                    // tokens that are computed together
  uint32_t k = 0;                    // values of a row: the dimension that is summed over
  uint32_t heads = 0;                // expert_products: experts
  uint32_t kv_heads = 0;             // expert_products: experts that a token uses
  uint32_t context = 0;              // tokens in the KV cache

  auto operator<=>(const Problem&) const = default;
};

/// "gemv q4_0 m=2048 k=2048": the same in listings, errors and reports.
std::string describe(const Problem& problem);

/// What a problem moves and computes. Each operand counts once, and a multiply-add counts as two operations.
struct Cost {
  double bytes_read = 0;
  double bytes_written = 0;
  double operations = 0;
  double bytes() const { return bytes_read + bytes_written; }
};

Cost cost_of(const Problem& problem);

/// How many tokens one of the matrices of `problem` (expert_products) is multiplied with, where the router
/// spreads them evenly.
double tokens_of_expert(const Problem& problem);

/// The format that stands for how activations are rounded before `op` (gemv or gemm) with weights of
/// `format`: q8_0 for int8 in groups of 32 (as ggml's q8_0), q4_K for int8 in groups of 256 (as ggml's q8_K),
/// int8_channel for int8 with a scale a row, bf16 for bf16; `none` where they are not rounded.
FormatId rounded_for(Op op, FormatId format);

/// Which peak bounds `problem`: peak_int8 for quantized weights, peak_bf16 for bf16, and peak_fp32 for all
/// else.
Op peak_of(const Problem& problem);

/// Rows of matrices whose lengths differ by no more than this factor are assumed to be read and multiplied at
/// one rate. It is a judgement, which lets a dozen formats more fit into the run's budget.
inline constexpr double same_rate_columns = 1.25;

/// Whether the measured rate of one problem may be used for the other: products of one format and batch whose
/// rows are about as long (of experts, where as many tokens reach each), attention of the same heads, or any
/// two problems of another operation.
bool same_rate(const Problem& a, const Problem& b);

}  // namespace weighin
