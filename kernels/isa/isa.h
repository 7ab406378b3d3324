// The instruction sets that CPU kernels are compiled for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "probes/machine/machine.h"

namespace weighin {

enum class Isa : uint8_t {
#define ISA(name, architecture, target, needs) name,
#include "kernels/isa/isa.inc"
#undef ISA
};

std::string_view isa_name(Isa isa);

/// Whether a machine with these features runs the kernels of `isa`, provided that it has the set's
/// architecture.
bool runs(const Simd& simd, Isa isa);

/// The features of the CPU that this program runs on, as far as the operating system allows their use (cpuid
/// and xgetbv on x86, getauxval on arm64).
Simd this_cpu();

}  // namespace weighin
