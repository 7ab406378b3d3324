// Instruction sets the CPU kernels are compiled for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "probes/machine/machine.h"

namespace weighin {

enum class Isa : uint8_t {
#define ISA(name, architecture, needs) name,
#include "kernels/isa.inc"
#undef ISA
};

std::string_view isa_name(Isa isa);

/// Whether a machine with these features can run `isa`'s kernels, on its own architecture.
bool runs(const Simd& simd, Isa isa);

/// The features of the CPU this runs on, as the operating system allows them (cpuid, xgetbv;
/// getauxval).
Simd this_cpu();

}  // namespace weighin
