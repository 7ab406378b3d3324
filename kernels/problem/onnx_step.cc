#include "kernels/problem/onnx_step.h"

namespace weighin {
namespace {

/// Nodes that ONNX Runtime 1.23 leaves of an operation, by its own profile of synthetic encoders.
double nodes_of(const Problem& problem) {
  switch (problem.op) {
    case Op::gemm:
      return problem.format == FormatId::int8_channel || problem.format == FormatId::q4_0 ? 1 : 2;
    case Op::prefill_attention:
      return 12;  // three reshapes and four transpositions among them
    case Op::layer_norm:
      return 2;
    case Op::gelu:
      return 5;
    default:
      return 1;
  }
}

}  // namespace

std::vector<ProblemUse> onnx_step(const std::vector<ProblemUse>& step) {
  std::vector<ProblemUse> uses;
  double nodes = 0;
  for (const ProblemUse& use : step) {
    if (use.problem.op == Op::quantize || use.problem.op == Op::gemv) continue;
    nodes += nodes_of(use.problem) * use.times;
    uses.push_back(use);
  }
  uses.push_back({.problem = {.op = Op::dispatch}, .times = nodes, .part = "nodes"});
  uses.push_back({.problem = {.op = Op::submit}, .times = 1, .part = "run"});
  return uses;
}

}  // namespace weighin
