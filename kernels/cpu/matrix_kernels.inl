// Everything of one instruction set, after its isa_*.h, in the order in which one builds on the other.
// clang-format off
#include "kernels/cpu/formats/all.inl"
#include "kernels/cpu/matrix_floats.inl"
#ifdef WEIGHIN_SPLIT_SUMS
#include "kernels/cpu/matrix_floats_avx512.inl"
#endif
#include "kernels/cpu/matrix_floats_panels.inl"
#include "kernels/cpu/matrix_rounding.inl"
#ifdef WEIGHIN_TILES
#include "kernels/cpu/matrix_dots_2x2.inl"
#else
#include "kernels/cpu/matrix_dots.inl"
#endif
#include "kernels/cpu/matrix_panels.inl"
#include "kernels/cpu/matrix_plain.inl"
#include "kernels/cpu/matrix_repacked.inl"
#include "kernels/cpu/matrix_rows.inl"
#include "kernels/cpu/matrix_table.inl"
// clang-format on
