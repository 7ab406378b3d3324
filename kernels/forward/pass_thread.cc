#include "kernels/forward/pass_thread.h"

#include "kernels/cpu/isa/matrix_functions.h"

namespace weighin {

void PassThread::normalize(const float* x, std::span<const float> weight, float* y) const {
  state_.ops.rms_norm(x, weight.data(), &state_.facts.epsilon, y, static_cast<uint32_t>(weight.size()));
}

void PassThread::add_to_residual(const float* y, std::span<const float> after_norm) const {
  OwnVectors& vectors = own();
  if (!after_norm.empty()) {
    normalize(y, after_norm, vectors.normed.data());
    y = vectors.normed.data();
  }
  for (uint32_t i = 0; i < state_.shape.width; ++i) vectors.residual[i] += y[i];
}

void PassThread::round_for(std::initializer_list<const Product*> products) const {
  for (const Product* product : products) own().input.round_for(*product);
  mark(StepPart::rounding);
}

void PassThread::multiply(const Product& product, Floats& y) const {
  const Slice mine = slice_of(product.rows, rank_, threads(), gemv_rows);
  own().input.multiply(product, mine.first, mine.last, y.data());
}

void PassThread::meet(StepPart part) const {
  state_.pool.barrier();
  mark(part);
}

void PassThread::mark(StepPart part) const {
  if (rank_ != 0) return;
  const auto now = std::chrono::steady_clock::now();
  state_.seconds[static_cast<size_t>(part)] += std::chrono::duration<double>(now - state_.last).count();
  state_.last = now;
}

}  // namespace weighin
