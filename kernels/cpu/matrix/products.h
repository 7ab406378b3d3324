// Matrix products made ready, from whichever functions compute them.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/kernel/kernel.h"

namespace weighin {

enum class Layout : uint8_t {
  packed,  // packing.h: what engines that repack weights at load read
  plain,   // as the format's file has it: what engines that map files read
};

constexpr Layout layout_of(const MatrixFunctions& functions) {
  return functions.packing.rows > 0 ? Layout::packed : Layout::plain;
}

/// The functions compiled for `isa`, or nullptr: it has no own ones for `format` in this layout.
const MatrixFunctions* matrix_functions_of(FormatId format, Isa isa, Layout layout);

/// What a row of the kernel table does: `problem` (gemv or gemm) made ready to be computed by `functions`,
/// which must outlive it. Error: what could not be had, of what size.
tl::expected<std::unique_ptr<Prepared>, std::string> prepare_matrix(const Problem& problem, Workbench& bench,
                                                                    const MatrixFunctions& functions);

/// cpu.gemv.FORMAT.ISA and cpu.gemm.FORMAT.ISA, and those of plain weights: the same names with .plain behind
/// them.
std::vector<Kernel> matrix_kernels();

}  // namespace weighin
