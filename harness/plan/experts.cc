#include "harness/plan/experts.h"

#include <algorithm>

#include "harness/plan/plan.h"

namespace weighin {
namespace {

/// Experts of published mixtures. Their rate depends on the length of a row and on the tokens that reach each
/// expert: here 32 and 128 of a prompt of 512. Mixtures of other sizes are priced by the nearest of these, or
/// by plain products (results/measured/operation_costs.cc).
struct Experts {
  uint64_t m;
  uint32_t k, experts, used;
};
constexpr Experts published[] = {
    {768, 2048, 128, 8},  // Qwen3 30B A3B, gate and up; OLMoE and DeepSeek V2 Lite have such rows too
    {2048, 768, 128, 8},  // its down
    {14336, 4096, 8, 2},  // Mixtral 8x7B, gate and up
};

}  // namespace

std::vector<Problem> planned_experts() {
  std::vector<FormatId> formats;
  for (const FileFormatId id : ranked_formats()) {
    const FormatId format = file_format_of(id).base;
    if (std::find(formats.begin(), formats.end(), format) == formats.end()) formats.push_back(format);
  }
  formats.push_back(FormatId::mxfp4);
  std::vector<Problem> problems;
  for (const FormatId format : formats) {
    for (const Experts& one : published) {
      if (one.k % format_of(format).block_values != 0) continue;
      for (const uint32_t tokens : {1U, plan_prompt})
        problems.push_back({.op = Op::expert_products,
                            .format = format,
                            .m = one.m,
                            .n = tokens,
                            .k = one.k,
                            .heads = one.experts,
                            .kv_heads = one.used});
    }
  }
  return problems;
}

}  // namespace weighin
