// The instruction sets that CPU kernels are compiled for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "probes/machine/simd.h"
#include "probes/system/this_cpu.h"

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

}  // namespace weighin
