#include "kernels/cpu/isa/instruction_sets.h"

#include "kernels/cpu/isa/architecture.h"

namespace weighin {

// Defined in the sources that the build makes of compiled_set.cc.in.
#define ISA(name, architecture, target, needs)         \
  namespace name {                                     \
  std::span<const MatrixFunctions> matrix_functions(); \
  extern const OpsFunctions ops_functions;             \
  }
#include "kernels/isa/isa.inc"
#undef ISA

namespace {

const InstructionSet sets[] = {
#define ISA(name, architecture, target, needs) \
  WEIGHIN_ON_##architecture({Isa::name, name::matrix_functions, name::ops_functions}, )
#include "kernels/isa/isa.inc"
#undef ISA
};

}  // namespace

std::span<const InstructionSet> instruction_sets() {
  return sets;
}

}  // namespace weighin
