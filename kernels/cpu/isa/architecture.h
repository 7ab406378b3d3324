// The architectures that a row of kernels/isa/isa.inc may name: any, x86 and arm64. For each of this
// program's there is
//   WEIGHIN_ARCHITECTURE_NAME    defined
//   WEIGHIN_ON_NAME(...)         what stands between the parentheses; on other architectures it is nothing
//   WEIGHIN_VECTOR_REGISTER      the constraint of an asm statement: a vector register, read and written
// and its intrinsics are included.
#pragma once

#define WEIGHIN_ARCHITECTURE_any
#define WEIGHIN_ON_any(...) __VA_ARGS__

#if defined(__x86_64__)
#define WEIGHIN_ARCHITECTURE_x86
#define WEIGHIN_ON_x86(...) __VA_ARGS__
#define WEIGHIN_VECTOR_REGISTER "+v"
// GCC 12 warns about the undefined operands inside its own AVX-512 intrinsics (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#else
#define WEIGHIN_ON_x86(...)
#endif

#if defined(__aarch64__)
#define WEIGHIN_ARCHITECTURE_arm64
#define WEIGHIN_ON_arm64(...) __VA_ARGS__
#define WEIGHIN_VECTOR_REGISTER "+w"
#include <arm_neon.h>
#else
#define WEIGHIN_ON_arm64(...)
#endif
