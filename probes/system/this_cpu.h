// The instruction sets of the processor that this program runs on, asked of the processor itself.
#pragma once

#include "probes/machine/simd.h"

namespace weighin {

/// The features of the CPU this runs on, as the operating system allows them: cpuid and xgetbv on x86-64
/// (Intel's Software Developer's Manual, volume 2, CPUID; volume 1, 13.3 for the states of XCR0), getauxval
/// on 64-bit ARM. None on other architectures.
Simd this_cpu();

}  // namespace weighin
