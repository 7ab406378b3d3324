// Names and layouts are llama.cpp's (src/models/mamba.cpp, mamba2.cpp, lfm2.cpp, qwen3next.cpp,
// kimi-linear.cpp, read 2026-11-24).
#include "models/shape/build_state_space.h"

namespace weighin {
namespace {

void add_mamba(TensorBuilder& build, const ModelShape& shape) {
  const StateSpace& ssm = shape.state_space;
  build.matrix("ssm_in", TensorRole::projection, 2ull * ssm.inner, shape.width);
  build.table("ssm_conv1d", TensorRole::convolution, ssm.inner, ssm.kernel);
  build.vector("ssm_conv1d", "bias", TensorRole::bias, ssm.inner);
  build.matrix("ssm_x", TensorRole::projection, ssm.dt_rank + 2ull * ssm.state, ssm.inner);
  build.matrix("ssm_dt", TensorRole::projection, ssm.inner, ssm.dt_rank, true);
  if (ssm.norms) {
    build.norm_weights("ssm_dt_norm", ssm.dt_rank);
    build.norm_weights("ssm_b_norm", ssm.state);
    build.norm_weights("ssm_c_norm", ssm.state);
  }
  build.bare("ssm_a", TensorRole::bias, ssm.inner, ssm.state);
  build.bare("ssm_d", TensorRole::bias, 1, ssm.inner);
  build.matrix("ssm_out", TensorRole::projection, shape.width, ssm.inner);
}

void add_mamba2(TensorBuilder& build, const ModelShape& shape) {
  const StateSpace& ssm = shape.state_space;
  const uint64_t channels = ssm.inner + 2ull * ssm.groups * ssm.state;
  build.matrix("ssm_in", TensorRole::projection, ssm.inner + channels + ssm.heads, shape.width);
  build.table("ssm_conv1d", TensorRole::convolution, channels, ssm.kernel);
  build.vector("ssm_conv1d", "bias", TensorRole::bias, channels);
  build.vector("ssm_dt", "bias", TensorRole::bias, ssm.heads);
  build.bare("ssm_a", TensorRole::bias, ssm.heads, 1);
  build.bare("ssm_d", TensorRole::bias, ssm.heads, 1);
  if (ssm.norms) build.norm_weights("ssm_norm", ssm.inner / ssm.groups, ssm.groups);
  build.matrix("ssm_out", TensorRole::projection, shape.width, ssm.inner);
}

void add_short_convolution(TensorBuilder& build, const ModelShape& shape) {
  build.table("shortconv.conv", TensorRole::convolution, shape.width, shape.state_space.kernel);
  build.matrix("shortconv.in_proj", TensorRole::projection, 3ull * shape.width, shape.width);
  build.matrix("shortconv.out_proj", TensorRole::projection, shape.width, shape.width);
}

/// Queries, keys and values pass through a convolution. Each value head keeps a matrix of state x state.
void add_gated_delta(TensorBuilder& build, const ModelShape& shape) {
  const StateSpace& ssm = shape.state_space;
  const uint64_t channels = ssm.inner + 2ull * ssm.groups * ssm.state;
  build.matrix("attn_qkv", TensorRole::attn_qkv, channels, shape.width);
  build.matrix("attn_gate", TensorRole::projection, ssm.inner, shape.width);
  build.table("ssm_conv1d", TensorRole::convolution, channels, ssm.kernel);
  build.vector("ssm_dt", "bias", TensorRole::bias, ssm.heads);
  build.bare("ssm_a", TensorRole::bias, 1, ssm.heads);
  if (shape.architecture == "qwen3next") {
    build.matrix("ssm_ba", TensorRole::projection, 2ull * ssm.heads, shape.width);
  } else {
    build.matrix("ssm_beta", TensorRole::projection, ssm.heads, shape.width);
    build.matrix("ssm_alpha", TensorRole::projection, ssm.heads, shape.width);
  }
  build.norm_weights("ssm_norm", ssm.state);
  build.matrix("ssm_out", TensorRole::projection, shape.width, ssm.inner);
}

void add_kimi_delta(TensorBuilder& build, const ModelShape& shape) {
  const StateSpace& ssm = shape.state_space;
  for (const char* name : {"ssm_conv1d_q", "ssm_conv1d_k", "ssm_conv1d_v"})
    build.kernels(name, ssm.inner, ssm.kernel);
  build.matrix("attn_q", TensorRole::attn_q, ssm.inner, shape.width);
  build.matrix("attn_k", TensorRole::attn_k, ssm.inner, shape.width);
  build.matrix("attn_v", TensorRole::attn_v, ssm.inner, shape.width);
  build.matrix("ssm_f_a", TensorRole::projection, ssm.state, shape.width);
  build.matrix("ssm_f_b", TensorRole::projection, ssm.inner, ssm.state);
  build.matrix("ssm_beta", TensorRole::projection, ssm.heads, shape.width);
  build.bare("ssm_a", TensorRole::bias, ssm.heads, 1);
  build.vector("ssm_dt", "bias", TensorRole::bias, ssm.inner);
  build.matrix("ssm_g_a", TensorRole::projection, ssm.state, shape.width);
  build.matrix("ssm_g_b", TensorRole::projection, ssm.inner, ssm.state);
  build.norm_weights("ssm_norm", ssm.state);
  build.matrix("attn_output", TensorRole::attn_output, shape.width, ssm.inner);
}

}  // namespace

void add_state_space(TensorBuilder& build, const ModelShape& shape, Mixer mixer) {
  switch (mixer) {
    case Mixer::mamba:
      return add_mamba(build, shape);
    case Mixer::mamba2:
      return add_mamba2(build, shape);
    case Mixer::short_convolution:
      return add_short_convolution(build, shape);
    case Mixer::gated_delta:
      return add_gated_delta(build, shape);
    case Mixer::kimi_delta:
      return add_kimi_delta(build, shape);
    case Mixer::attention:
    case Mixer::latent_attention:
    case Mixer::none:
      return;
  }
}

uint64_t state_values_of(const ModelShape& shape, Mixer mixer) {
  const StateSpace& ssm = shape.state_space;
  const uint64_t steps = ssm.kernel ? ssm.kernel - 1 : 0, state = uint64_t{ssm.inner} * ssm.state;
  switch (mixer) {
    case Mixer::mamba:
      return steps * ssm.inner + state;
    case Mixer::mamba2:
    case Mixer::gated_delta:
      return steps * (ssm.inner + 2ull * ssm.groups * ssm.state) + state;
    case Mixer::short_convolution:
      return steps * shape.width;
    case Mixer::kimi_delta:
      return steps * 3 * ssm.inner + state;
    case Mixer::attention:
    case Mixer::latent_attention:
    case Mixer::none:
      return 0;
  }
  return 0;
}

}  // namespace weighin
