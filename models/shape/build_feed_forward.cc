#include "models/shape/build_feed_forward.h"

#include <fmt/format.h>

namespace weighin {
namespace {

void add_dense(TensorBuilder& build, const ModelShape& shape, uint64_t ffn, std::string_view ending) {
  const auto name = [&](const char* part) { return fmt::format("{}{}", part, ending); };
  const bool fused = shape.fused_gate_up && is_gated(shape.activation);
  if (is_gated(shape.activation) && !fused)
    build.matrix(name("ffn_gate"), TensorRole::ffn_gate, ffn, shape.width, shape.bias_ffn);
  build.matrix(name("ffn_up"), TensorRole::ffn_up, fused ? 2 * ffn : ffn, shape.width, shape.bias_ffn);
  build.matrix(name("ffn_down"), TensorRole::ffn_down, shape.width, ffn, shape.bias_ffn);
}

/// Gemma 4 has experts beside a dense feed-forward part, each with normalizations and scales of its own.
void add_expert_norms(TensorBuilder& build, const ModelShape& shape) {
  build.norm("pre_ffw_norm_2", shape.width);
  build.norm("post_ffw_norm_1", shape.width);
  build.norm("post_ffw_norm_2", shape.width);
  build.vector("ffn_gate_inp", "scale", TensorRole::bias, shape.width);
  build.vector("ffn_down_exps", "scale", TensorRole::bias, shape.experts);
}

void add_experts(TensorBuilder& build, const ModelShape& shape, uint64_t ffn) {
  build.matrix("ffn_gate_inp", TensorRole::router, shape.experts, shape.width, shape.expert_bias);
  if (shape.router_bias) build.vector("exp_probs_b", "bias", TensorRole::bias, shape.experts);
  if (is_gated(shape.activation))
    build.expert_matrices("ffn_gate_exps", TensorRole::expert_gate, ffn, shape.width, shape.expert_bias);
  build.expert_matrices("ffn_up_exps", TensorRole::expert_up, ffn, shape.width, shape.expert_bias);
  build.expert_matrices("ffn_down_exps", TensorRole::expert_down, shape.width, ffn, shape.expert_bias);
  if (shape.shared_experts) {
    if (shape.shared_expert_gate)
      build.vector("ffn_gate_inp_shexp", "weight", TensorRole::router, shape.width);
    add_dense(build, shape, shape.shared_ffn_width, "_shexp");
  }
}

}  // namespace

void add_feed_forward(TensorBuilder& build, const ModelShape& shape, const Layer& layer) {
  switch (layer.feed_forward) {
    case FeedForward::dense:
      return add_dense(build, shape, layer.ffn_width, "");
    case FeedForward::experts:
      if (shape.dense_beside_experts) {
        add_dense(build, shape, shape.dense_ffn_width, "");
        add_expert_norms(build, shape);
      }
      return add_experts(build, shape, layer.ffn_width);
    case FeedForward::none:
      return;
  }
}

}  // namespace weighin
