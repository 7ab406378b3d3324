// Everything of one instruction set, after its isa/*.h, in the order in which one builds on the other.
// clang-format off
#include "kernels/cpu/formats/all.inl"
#include "kernels/cpu/matrix/floats.inl"
#ifdef WEIGHIN_SPLIT_SUMS
#include "kernels/cpu/matrix/floats_avx512.inl"
#endif
#include "kernels/cpu/matrix/float_panels.inl"
#include "kernels/cpu/matrix/rounding.inl"
#ifdef WEIGHIN_TILES
#include "kernels/cpu/matrix/dots_2x2.inl"
#else
#include "kernels/cpu/matrix/dots.inl"
#endif
#include "kernels/cpu/matrix/panels.inl"
#include "kernels/cpu/matrix/plain.inl"
#include "kernels/cpu/matrix/packed.inl"
#include "kernels/cpu/matrix/decode.inl"
#include "kernels/cpu/matrix/table.inl"
// clang-format on
