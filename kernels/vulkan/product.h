// A matrix product on a GPU made ready: its operands, the rotation through the weights, and the check.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernels/kernel/kernel.h"
#include "kernels/operands/activations.h"
#include "kernels/vulkan/device/gpu_pipeline.h"
#include "kernels/vulkan/gpu_bench.h"

namespace weighin {

/// How a product multiplies: int8 has exact sums of 16 products of bytes; float16 multiplies pairs of halves;
/// float32 multiplies floats; matrix multiplies halves in matrix units and sums floats.
enum class Arithmetic : uint8_t { int8, float16, float32, matrix };

struct ArithmeticFacts {
  std::string_view name;    // as shaders and kernels are named
  Op peak;                  // its bound beside the memory
  Activations activations;  // what activations are rounded to
  uint32_t activation_bytes;
};
const ArithmeticFacts& arithmetic_facts(Arithmetic arithmetic);

/// The shader of a product, and how the product is divided: workgroups of `rows` rows by `tokens` tokens.
struct ProductShader {
  Arithmetic arithmetic = Arithmetic::float32;
  GpuShader shader{};
  uint32_t rows = 0, tokens = 0;
};

/// Error: what of it the GPU cannot do or hold.
PreparedOrError make_product(GpuBench& bench, const Problem& problem, Data data, uint64_t seed,
                             const ProductShader& shader);

}  // namespace weighin
