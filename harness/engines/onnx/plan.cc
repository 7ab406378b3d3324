#include "harness/engines/onnx/plan.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "kernels/problem/steps.h"
#include "models/names/catalogue.h"
#include "results/records/prediction.h"

namespace weighin {
namespace {

/// Products whose matrices differ by less are priced by each other, scaled: weights of both lie in memory.
constexpr double same_rows = 2.0;

bool is_measured(Op op) {
  return op == Op::gemm || op == Op::prefill_attention || op == Op::layer_norm || op == Op::gelu ||
         op == Op::embedding;
}

bool within(double a, double b, double factor) {
  return std::max(a, b) <= factor * std::min(a, b);
}

bool alike(const Problem& a, const Problem& b) {
  if (a.op != b.op || a.format != b.format || a.n != b.n) return false;
  if (a.op != Op::gemm) return a == b || (a.op == Op::embedding && a.k == b.k);
  return within(a.k, b.k, same_rate_columns) &&
         within(static_cast<double>(a.m), static_cast<double>(b.m), same_rows);
}

using Sizes = std::pair<uint32_t, uint32_t>;

Sizes sizes_of(const ModelShape& shape) {
  return {shape.width, shape.ffn_width};
}

/// Encoders with layer norms, those of the commonest sizes first.
std::vector<const ModelShape*> encoders() {
  std::vector<const ModelShape*> models;
  std::map<Sizes, int> counts;
  for (const ModelShape& shape : all_models()) {
    if (shape.task != Task::encode || !shape.undisclosed.empty() || shape.norm != NormKind::layer) continue;
    models.push_back(&shape);
    ++counts[sizes_of(shape)];
  }
  std::stable_sort(models.begin(), models.end(), [&](const ModelShape* a, const ModelShape* b) {
    return counts[sizes_of(*a)] > counts[sizes_of(*b)];
  });
  return models;
}

}  // namespace

std::vector<Problem> onnx_problems() {
  std::vector<Problem> problems{{.op = Op::submit}, {.op = Op::dispatch}};
  for (const ModelShape* shape : encoders()) {
    const uint32_t tokens = std::min(encoder_tokens, std::max<uint32_t>(1, shape->max_context));
    using enum FileFormatId;
    for (const FileFormatId format : {onnx_fp32, onnx_int8, onnx_q4, onnx_fp16}) {
      for (const ProblemUse& use : prefill_step(*shape, file_format_of(format), tokens)) {
        if (!is_measured(use.problem.op)) continue;
        const bool known = std::any_of(problems.begin(), problems.end(),
                                       [&](const Problem& other) { return alike(other, use.problem); });
        if (!known) problems.push_back(use.problem);
      }
    }
  }
  return problems;
}

}  // namespace weighin
