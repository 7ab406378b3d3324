#include "kernels/forward/product_input.h"

#include <algorithm>

namespace weighin {

void ProductInput::set(const float* x, uint32_t k) {
  x_ = x;
  k_ = k;
  for (RoundedForm& form : forms_) form.current = false;
}

ProductInput::RoundedForm& ProductInput::form_of(const Product& product) {
  const auto round = product.functions->round;
  const auto found = std::find_if(forms_.begin(), forms_.end(),
                                  [&](const RoundedForm& form) { return form.round == round; });
  if (found != forms_.end()) return *found;
  RoundedForm form{};
  form.round = round;
  if (has_int8(product.functions->activations)) {
    form.quantized.resize(most_values_);
    form.sums.resize(most_values_ / sum_group + 1);
    form.scales.resize(most_values_ / activation_group + 1);
    form.group_sums.resize(most_values_ / activation_group + 1);
    form.min_factors.resize(most_values_ / activation_group + 1);
  } else {
    form.bf16.resize(most_values_);
  }
  forms_.push_back(std::move(form));
  return forms_.back();
}

MatrixWork ProductInput::work_with(RoundedForm* form) const {
  MatrixWork work{};
  work.n = 1;
  work.k = k_;
  work.x = x_;
  if (form == nullptr) return work;
  work.quantized = form->quantized.data();
  work.scales = form->scales.data();
  work.sums = form->sums.data();
  work.group_sums = form->group_sums.data();
  work.min_factors = form->min_factors.data();
  work.bf16 = form->bf16.data();
  return work;
}

void ProductInput::round_for(const Product& product) {
  if (product.functions->round == nullptr) return;
  RoundedForm& form = form_of(product);
  if (form.current) return;
  const uint64_t span = rounding_span(product.functions->activations, k_);
  form.round(work_with(&form), 0, (k_ + span - 1) / span);
  form.current = true;
}

void ProductInput::multiply(const Product& product, uint64_t first, uint64_t last, float* y) {
  MatrixWork work = work_with(product.functions->round ? &form_of(product) : nullptr);
  work.weights = product.weights;
  work.row_bytes = product.row_bytes;
  work.m = product.rows;
  work.y = y;
  work.ahead = product.ahead;
  product.functions->gemv(work, first, last);
  if (product.bias.empty()) return;
  for (uint64_t row = first; row < last; ++row) y[row] += product.bias[row];
}

}  // namespace weighin
