// What the sources that are compiled for an instruction set take from libraries
// (kernels/cpu/compiled_set.cc.in). It is included before the region that is compiled for the set, so that no
// inline function of a library is compiled with instructions that the machine may lack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/cpu/isa/architecture.h"
#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/cpu/isa/ops_functions.h"
#include "kernels/formats/codebook.h"
#include "kernels/formats/half.h"

/// A member function that is compiled into its caller.
#define WEIGHIN_INLINE [[gnu::always_inline]] inline
/// A word of an instruction set, or a function that is made of words: compiled into its caller.
#define WEIGHIN_WORD [[gnu::always_inline]] static inline
