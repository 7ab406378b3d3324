#include "results/records/prediction.h"

namespace weighin {

std::string_view efficiency_basis_name(EfficiencyBasis basis) {
  switch (basis) {
    case EfficiencyBasis::shipped:
      return "shipped";
    case EfficiencyBasis::stand_in:
      return "shipped for another family of processors";
    case EfficiencyBasis::learned:
      return "learned here";
    case EfficiencyBasis::measured:
      return "engine measured";
    case EfficiencyBasis::unmeasured:
      return "not measured on this GPU";
    case EfficiencyBasis::none:
      break;
  }
  return "none";
}

}  // namespace weighin
