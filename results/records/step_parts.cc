#include "results/records/step_parts.h"

namespace weighin {

std::string_view phase_name(Phase phase) {
  switch (phase) {
    case Phase::decode:
      return "decode";
    case Phase::prefill:
      return "prefill";
    case Phase::encode:
      return "encode";
  }
  return "";
}

std::string_view part_name_of(PartKind kind) {
  switch (kind) {
    case PartKind::product:
      return "product";
    case PartKind::attention:
      return "attention";
    case PartKind::other:
      break;
  }
  return "other";
}

PartKind part_kind(Op op) {
  if (is_product(op)) return PartKind::product;
  return is_attention(op) ? PartKind::attention : PartKind::other;
}

FormatId part_format(const Problem& problem) {
  return is_product(problem.op) ? problem.format : FormatId::none;
}

}  // namespace weighin
