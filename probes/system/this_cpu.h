// The instruction sets of the processor that this program runs on, as the processor itself reports them.
#pragma once

#include "probes/machine/simd.h"

namespace weighin {

/// The features of this CPU, as far as the operating system allows them. On x86-64: cpuid and xgetbv (Intel's
/// Software Developer's Manual, volume 2, CPUID; volume 1, 13.3 for the states of XCR0). On 64-bit ARM:
/// getauxval. On other architectures there are none.
Simd this_cpu();

}  // namespace weighin
