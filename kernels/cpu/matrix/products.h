// Matrix products as kernels: the operands are made ready, and one set's MatrixFunctions compute them.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/kernel/kernel.h"

namespace weighin {

enum class Layout : uint8_t {
  packed,  // in units (packing.h), which engines read that repack weights at load
  plain,   // in the order of the format's file, which engines read that map files
};

constexpr Layout layout_of(const MatrixFunctions& functions) {
  return functions.packing.rows > 0 ? Layout::packed : Layout::plain;
}

/// The functions that `isa` adds for `format` in this layout, or nullptr where it adds none.
const MatrixFunctions* matrix_functions_of(FormatId format, Isa isa, Layout layout);

/// Makes `problem` (gemv or gemm) ready to be computed by `functions`, which must outlive the result. A gemv
/// asks for its weights as `ahead` says. Error: what could not be allocated or does not fit, and
/// its size.
tl::expected<std::unique_ptr<Prepared>, std::string> prepare_matrix(const Problem& problem, Workbench& bench,
                                                                    const MatrixFunctions& functions,
                                                                    Ahead ahead = {});

/// The kernels cpu.gemv.FORMAT.ISA and cpu.gemm.FORMAT.ISA, which read packed weights; those of gemv that ask
/// for their weights ahead, whose names go on with .ahead4k and the like; and all of these for plain weights,
/// whose names end in .plain.
std::vector<Kernel> matrix_kernels();

}  // namespace weighin
