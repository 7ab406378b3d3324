// A model small enough to add up by hand, and measurements of it with round seconds.
#pragma once

#include <vector>

#include "results/measured/predict.h"

namespace weighin::toy {

/// Ten layers of one 1024 x 256 product, an output head of the same shape, attention of 4 heads of 64.
inline ModelShape model() {
  ModelShape shape;
  shape.name = "toy";
  shape.width = 256;
  shape.vocab = 1024;
  shape.layers = 10;
  shape.max_context = 8192;
  shape.ffn_width = 1024;
  shape.tensors = {{"token_embd.weight", TensorRole::token_embedding, -1, 1024, 256, 1, 0},
                   {"blk.0.ffn_up.weight", TensorRole::ffn_up, 0, 1024, 256, 10, 10},
                   {"output.weight", TensorRole::output, -1, 1024, 256, 1, 1}};
  shape.head_dim = 64;
  shape.per_layer = std::vector<Layer>(10, {.heads = 4, .kv_heads = 4});
  shape.attention = {{10, 4, 4, 64, 64, 512, 0}};
  return shape;
}

inline Measurement measured(int64_t id, Problem problem, double seconds, uint32_t threads = 1) {
  Measurement m;
  m.id = id;
  m.problem = problem;
  m.seconds = seconds;
  m.threads = threads;
  m.status = Status::measured;
  return m;
}

inline Problem gemv(uint64_t m, uint32_t k, FormatId format = FormatId::f16) {
  return {.op = Op::gemv, .format = format, .m = m, .n = 1, .k = k};
}
inline Problem gemm(uint64_t m, uint32_t k, uint32_t n, FormatId format = FormatId::f16) {
  return {.op = Op::gemm, .format = format, .m = m, .n = n, .k = k};
}
inline Problem attention(uint32_t context) {
  return {
      .op = Op::attention, .format = FormatId::f16, .k = 64, .heads = 4, .kv_heads = 4, .context = context};
}
inline Problem prefill_attention(uint32_t n) {
  return {.op = Op::prefill_attention,
          .format = FormatId::f16,
          .n = n,
          .k = 64,
          .heads = 4,
          .kv_heads = 4,
          .context = n};
}

/// One thread: the product 1 ms, its slab of 512 rows measured; attention over 100 tokens 0.1 ms; 512 tokens
/// together 100 ms a product and 10 ms of attention. `slower` stretches all of it.
inline std::vector<Measurement> measurements(double slower = 1, FormatId format = FormatId::f16) {
  return {measured(1, gemv(512, 256, format), 0.5e-3 * slower), measured(2, attention(100), 0.1e-3 * slower),
          measured(3, gemm(512, 256, 512, format), 50e-3 * slower),
          measured(4, prefill_attention(512), 10e-3 * slower)};
}

}  // namespace weighin::toy
