// Instruction sets the CPU kernels are compiled for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "probes/machine.h"

namespace weighin {

enum class Isa : uint8_t { scalar, avx2, avx512, avx512vnni, avx512bf16 };

std::string_view isa_name(Isa isa);

/// Whether a machine with these features can run `isa`'s kernels.
bool runs(const Simd& simd, Isa isa);

/// The features of the CPU this runs on, as the operating system allows them (cpuid, xgetbv).
Simd this_cpu();

}  // namespace weighin
