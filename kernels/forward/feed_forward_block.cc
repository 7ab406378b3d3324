#include "kernels/forward/feed_forward_block.h"

#include "kernels/cpu/isa/matrix_functions.h"

namespace weighin {

void feed_forward_block(const PassThread& thread, uint32_t layer) {
  PassState& s = thread.state();
  const LayerWeights& w = s.weights.layers[layer];
  OwnVectors& own = thread.own();
  thread.normalize(own.residual.data(), w.ffn_norm, own.normed.data());
  own.input.set(own.normed.data(), s.shape.width);
  thread.mark(StepPart::norms);
  thread.round_for({&w.gate, &w.up});
  thread.multiply(w.gate, s.shared.gate);
  thread.multiply(w.up, s.shared.up);
  thread.mark(StepPart::matrices);

  // Each thread activates the rows of gate and up that it has computed, so that it need not wait for others.
  const Slice mine = slice_of(w.gate.rows, thread.rank(), thread.threads(), gemv_rows);
  float* gate = &s.shared.gate[mine.first];
  const float* up = &s.shared.up[mine.first];
  const auto values = static_cast<uint32_t>(mine.last - mine.first);
  if (s.shape.activation == Activation::swiglu) {
    if (values > 0) s.ops.swiglu(gate, up, nullptr, gate, values);
  } else {
    if (values > 0) s.ops.gelu(gate, nullptr, nullptr, gate, values);
    for (uint32_t i = 0; i < values; ++i) gate[i] *= up[i];
  }
  thread.mark(StepPart::activation);
  thread.meet(StepPart::matrices);  // threads wait here for the slowest products

  own.input.set(s.shared.gate.data(), w.down.cols);
  thread.round_for({&w.down});
  thread.multiply(w.down, s.shared.from_feed_forward);
  thread.meet(StepPart::matrices);

  thread.add_to_residual(s.shared.from_feed_forward.data(), w.after_ffn_norm);
  thread.mark(StepPart::norms);
}

}  // namespace weighin
