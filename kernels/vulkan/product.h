// A matrix product on a GPU made ready: operands, the rotation through the weights, and the check.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernels/kernel/kernel.h"
#include "kernels/operands/activations.h"
#include "kernels/vulkan/device/gpu_pipeline.h"
#include "kernels/vulkan/gpu_bench.h"

namespace weighin {

/// How a product multiplies: sums of 16 exact products of bytes, pairs of halves, floats, or halves in matrix
/// units with sums of floats.
enum class Arithmetic : uint8_t { int8, float16, float32, matrix };

struct ArithmeticFacts {
  std::string_view name;    // in the names of shaders and kernels
  Op peak;                  // what bounds it beside the memory
  Activations activations;  // as it takes them
  uint32_t activation_bytes;
};
const ArithmeticFacts& arithmetic_facts(Arithmetic arithmetic);

/// The shader of a product and how it is cut: workgroups of `rows` rows by `tokens` tokens.
struct ProductShader {
  Arithmetic arithmetic = Arithmetic::float32;
  GpuShader shader{};
  uint32_t rows = 0, tokens = 0;
};

/// Error: what of it the GPU cannot do or hold.
PreparedOrError make_product(GpuBench& bench, const Problem& problem, Data data, uint64_t seed,
                             const ProductShader& shader);

}  // namespace weighin
