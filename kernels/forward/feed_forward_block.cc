// The feed-forward block: gate and up, the activation, down.
#include "kernels/forward/pass.h"

namespace weighin {

/// Each thread activates the rows of gate and up that it has computed.
void ForwardPass::feed_forward_block(uint32_t rank, uint32_t layer) {
  const LayerWeights& w = weights_.layers[layer];
  OwnVectors& own = own_[rank];
  normalize(own.residual.data(), w.ffn_norm, own.normed.data());
  own.input.set(own.normed.data(), shape_.width);
  mark(rank, StepPart::norms);
  round_for(rank, {&w.gate, &w.up});
  multiply(rank, w.gate, shared_.gate);
  multiply(rank, w.up, shared_.up);
  mark(rank, StepPart::matrices);

  const Slice mine = slice_of(w.gate.rows, rank, pool_.threads(), gemv_rows);
  float* gate = &shared_.gate[mine.first];
  const float* up = &shared_.up[mine.first];
  const auto values = static_cast<uint32_t>(mine.last - mine.first);
  if (shape_.activation == Activation::swiglu) {
    if (values > 0) ops_.swiglu(gate, up, nullptr, gate, values);
  } else {
    if (values > 0) ops_.gelu(gate, nullptr, nullptr, gate, values);
    for (uint32_t i = 0; i < values; ++i) gate[i] *= up[i];
  }
  mark(rank, StepPart::activation);
  meet(rank, StepPart::matrices);  // the wait is that of the products

  own.input.set(shared_.gate.data(), w.down.cols);
  round_for(rank, {&w.down});
  multiply(rank, w.down, shared_.from_feed_forward);
  meet(rank, StepPart::matrices);

  add_to_residual(rank, shared_.from_feed_forward.data(), w.after_ffn_norm);
  mark(rank, StepPart::norms);
}

}  // namespace weighin
