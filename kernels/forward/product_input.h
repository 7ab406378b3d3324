// One thread's input of matrix products: a vector, and the rounded forms of it that products with quantized
// weights take.
#pragma once

#include <vector>

#include "kernels/forward/weights.h"
#include "kernels/operands/operand_memory.h"

namespace weighin {

/// Every thread rounds the whole vector for itself: that takes no longer than waiting for the others would.
class ProductInput {
 public:
  /// For vectors of up to `most_values` values.
  explicit ProductInput(uint32_t most_values) : most_values_(most_values) {}

  /// Sets the vector x[k] that the next products multiply. The caller keeps it alive.
  void set(const float* x, uint32_t k);

  /// Rounds the vector to the form that `product` takes, once for all products that take the same form.
  void round_for(const Product& product);

  /// Computes rows [first, last) of y = W x + bias. round_for() must have been called for `product`.
  void multiply(const Product& product, uint64_t first, uint64_t last, float* y);

 private:
  struct RoundedForm {
    void (*round)(const MatrixWork&, uint64_t, uint64_t);
    Operands<int8_t> quantized;
    Operands<uint16_t> bf16;
    Operands<int16_t> sums, group_sums;
    Floats scales, min_factors;
    bool current = false;
  };
  RoundedForm& form_of(const Product& product);
  MatrixWork work_with(RoundedForm* form) const;

  uint32_t most_values_, k_ = 0;
  const float* x_ = nullptr;
  std::vector<RoundedForm> forms_;
};

}  // namespace weighin
