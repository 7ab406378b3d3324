#include "kernels/problem/speech_steps.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace weighin {
namespace {

constexpr double position_s = 0.02;
constexpr double words_per_s = 150.0 / 60;
constexpr double tokens_per_word = 4.0 / 3;

bool of_encoder(const Tensor& tensor) {
  const std::string_view name = tensor.name;
  // The decoder's cross attention reads keys and values of the window, which are computed once.
  return name.starts_with("enc.") || name.find("cross_attn_k") != name.npos ||
         name.find("cross_attn_v") != name.npos;
}

/// One stack of `shape` as a model of its own.
ModelShape stack_of(const ModelShape& shape, bool encoder) {
  ModelShape stack = shape;
  std::erase_if(stack.tensors, [&](const Tensor& tensor) { return of_encoder(tensor) != encoder; });
  stack.task = encoder ? Task::encode : Task::chat;
  stack.layers = encoder ? shape.encoder_layers : shape.layers;
  if (!shape.per_layer.empty()) stack.per_layer.assign(stack.layers, shape.per_layer.front());
  // A normalization before each part (two in the encoder, three in the decoder), and one at the end.
  stack.norms = (encoder ? 2 : 3) * stack.layers + 1;
  stack.activations = stack.layers;
  return stack;
}

}  // namespace

bool is_speech(const ModelShape& shape) {
  return shape.audio_bins > 0 && shape.encoder_positions > 0;
}

double window_s(const ModelShape& shape) {
  return position_s * static_cast<double>(shape.encoder_positions);
}

uint32_t window_tokens(const ModelShape& shape) {
  const auto spoken = static_cast<uint32_t>(std::lround(window_s(shape) * words_per_s * tokens_per_word));
  return std::clamp<uint32_t>(spoken, 1, std::max<uint32_t>(1, shape.max_context));
}

std::vector<ProblemUse> hear_step(const ModelShape& shape, const FileFormat& format) {
  return prefill_step(stack_of(shape, true), format, static_cast<uint32_t>(shape.encoder_positions));
}

std::vector<ProblemUse> write_step(const ModelShape& shape, const FileFormat& format, FormatId cache) {
  const uint32_t tokens = window_tokens(shape);
  const ModelShape decoder = stack_of(shape, false);
  std::vector<ProblemUse> step = decode_step(decoder, format, tokens / 2, cache);
  const size_t uses = step.size();
  for (size_t i = 0; i < uses; ++i) {
    if (step[i].problem.op != Op::attention) continue;
    ProblemUse cross = step[i];
    cross.problem.context = static_cast<uint32_t>(shape.encoder_positions);
    cross.part = "cross_attention";
    step.push_back(cross);
  }
  for (ProblemUse& use : step) {
    use.times *= tokens;
    for (double& times : use.places) times *= tokens;
  }
  return step;
}

}  // namespace weighin
