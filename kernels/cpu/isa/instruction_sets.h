// The instruction sets of this program's architecture, and the functions that each gives to the tables of
// kernels.
#pragma once

#include <span>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/cpu/isa/ops_functions.h"
#include "kernels/isa/isa.h"

namespace weighin {

/// One row of kernels/isa/isa.inc, and what is compiled for it.
struct InstructionSet {
  Isa isa;
  /// Of the formats for which the set adds functions to a lesser one's, packed before plain.
  std::span<const MatrixFunctions> (*matrix)();
  /// What the set adds to a lesser one's.
  const OpsFunctions& ops;
};

/// The sets of this program's architecture, least first: the first is Isa::scalar.
std::span<const InstructionSet> instruction_sets();

}  // namespace weighin
