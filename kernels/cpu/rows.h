// The rows of the kernel table, one function a family of kernels.
#pragma once

#include <vector>

#include "kernels/kernel.h"

namespace weighin {

/// gemv and gemm of every format.
std::vector<Kernel> matrix_kernels();

/// cpu.quantize.FORMAT.ISA: activations rounded for the products of FORMAT (rounded_for()).
std::vector<Kernel> rounding_kernels();

/// cpu.embedding.FORMAT.ISA: rows of weights as floats.
std::vector<Kernel> embedding_kernels();

/// cpu.repack.FORMAT.ISA: rows from a file's order to the one that ISA's products read.
std::vector<Kernel> repack_kernels();

/// cpu.storage_read: one thread reads a temporary file of the storage folder.
std::vector<Kernel> storage_kernels();

/// Bounds, attention and the small operations.
std::vector<Kernel> ops_kernels();

}  // namespace weighin
