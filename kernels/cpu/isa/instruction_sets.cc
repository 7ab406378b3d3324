#include "kernels/cpu/isa/instruction_sets.h"

namespace weighin {
namespace {

#define WEIGHIN_any(...) __VA_ARGS__
#if defined(__x86_64__)
#define WEIGHIN_x86(...) __VA_ARGS__
#else
#define WEIGHIN_x86(...)
#endif
#if defined(__aarch64__)
#define WEIGHIN_arm64(...) __VA_ARGS__
#else
#define WEIGHIN_arm64(...)
#endif

const InstructionSet sets[] = {
#define ISA(name, architecture, needs) \
  WEIGHIN_##architecture({Isa::name, name::matrix_functions, ops_##name}, )
#include "kernels/isa.inc"
#undef ISA
};

}  // namespace

std::span<const InstructionSet> instruction_sets() {
  return sets;
}

}  // namespace weighin
