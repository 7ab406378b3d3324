// What each row of kernels/isa.inc gives, for the tables of kernels.
#pragma once

#include <span>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/cpu/isa/ops_functions.h"
#include "kernels/isa.h"

namespace weighin {

struct InstructionSet {
  Isa isa;
  std::span<const MatrixFunctions> (*matrix)();  // of those formats for which it has its own
  const OpsFunctions& ops;                       // likewise
};

/// The sets of this program's architecture, least first.
std::span<const InstructionSet> instruction_sets();

}  // namespace weighin
