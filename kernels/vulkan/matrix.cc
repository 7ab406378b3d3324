#include "kernels/vulkan/matrix.h"

#include <fmt/format.h>

#include "kernels/formats/codec.h"
#include "kernels/vulkan/gpu_kernel.h"
#include "kernels/vulkan/product.h"

namespace weighin {
namespace {

/// The sets of parameters that the search tries. The first needs no more than every GPU allows (128 threads,
/// 16 KiB of shared memory). gemv: threads and rows of a workgroup. gemm: the rows and tokens of a tile, then
/// those of a thread, or with matrix units those of a subgroup.
const std::vector<GpuParameters> gemv_parameters{{64, 2}, {32, 1},  {32, 2},  {32, 4}, {64, 1},
                                                 {64, 4}, {128, 1}, {128, 2}, {256, 1}};
const std::vector<GpuParameters> gemm_parameters{{32, 32, 4, 4},  {32, 32, 2, 2},  {64, 32, 4, 4},
                                                 {64, 64, 4, 4},  {64, 64, 8, 4},  {64, 64, 8, 8},
                                                 {128, 64, 8, 4}, {128, 128, 8, 8}};
const std::vector<GpuParameters> matrix_parameters{{32, 32, 16, 16},   {32, 64, 16, 32},  {64, 64, 32, 32},
                                                   {64, 64, 16, 32},   {128, 64, 32, 32}, {64, 128, 32, 32},
                                                   {128, 128, 64, 32}, {128, 128, 64, 64}};

const std::vector<GpuParameters>& parameters_for(Op op, Arithmetic arithmetic) {
  if (op == Op::gemv) return gemv_parameters;
  return arithmetic == Arithmetic::matrix ? matrix_parameters : gemm_parameters;
}

/// The constants of a shader, and the bytes of shared memory that it takes.
struct Tiling {
  std::vector<uint32_t> constants;  // the number of threads comes first
  uint64_t shared_bytes = 0;
};

/// The table of a format that has one.
constexpr uint64_t table_bytes = 1024;

/// The shared memory holds the partial sums of each row.
Tiling gemv_tiling(const GpuParameters& p) {
  return {p, table_bytes + p[1] * 64 * 4};
}

/// The shared memory holds tiles: 8 quarters of 4 values, and two scales, a row or token.
Tiling gemm_tiling(const GpuParameters& p, Arithmetic arithmetic) {
  const uint64_t quarter = arithmetic == Arithmetic::int8 ? 4 : arithmetic == Arithmetic::float16 ? 8 : 16;
  return {{p[0] / p[2] * (p[1] / p[3]), p[0], p[1], p[2], p[3]},
          table_bytes + (p[0] + p[1]) * (8 * quarter + 16)};
}

/// The shared memory holds tiles of 80 bytes a row or token, and a fragment of sums a subgroup.
Tiling matrix_unit_tiling(const GpuParameters& p, const GpuFacts& gpu) {
  const MatrixUnits& units = gpu.matrix_units;
  const uint32_t subgroups = p[0] / p[2] * (p[1] / p[3]);
  return {{subgroups * gpu.subgroup_size, p[0], p[1], p[2], p[3], units.m, units.n, units.k},
          table_bytes + (p[0] + p[1]) * 80 + uint64_t{4} * subgroups * units.m * units.n};
}

Tiling tiling_for(Op op, Arithmetic arithmetic, const GpuParameters& parameters, const GpuFacts& gpu) {
  if (op == Op::gemv) return gemv_tiling(parameters);
  return arithmetic == Arithmetic::matrix ? matrix_unit_tiling(parameters, gpu)
                                          : gemm_tiling(parameters, arithmetic);
}

PreparedOrError prepare_product(const GpuParameters& parameters, Arithmetic arithmetic,
                                const Problem& problem, Workbench& bench) {
  const uint32_t block = format_of(problem.format).block_values;
  if (problem.m == 0 || problem.n == 0 || problem.k == 0 || problem.k % block != 0 ||
      (problem.op == Op::gemv && problem.n != 1))
    return tl::unexpected(fmt::format(
        "it needs rows, tokens (one for gemv) and k a whole number of blocks of {} values", block));
  const GpuFacts& gpu = bench.gpu->gpu.facts();
  const bool matrix = arithmetic == Arithmetic::matrix;
  if (matrix && (parameters[2] % gpu.matrix_units.m != 0 || parameters[3] % gpu.matrix_units.n != 0))
    return tl::unexpected(
        fmt::format("this GPU's matrix units multiply {} by {}, which does not divide {} by {}",
                    gpu.matrix_units.m, gpu.matrix_units.n, parameters[2], parameters[3]));
  const Tiling tiling = tiling_for(problem.op, arithmetic, parameters, gpu);
  if (tiling.constants[0] > gpu.max_group_threads || tiling.shared_bytes > gpu.max_shared_bytes)
    return tl::unexpected(
        fmt::format("this GPU has no workgroups of {} threads and {} bytes of shared memory",
                    tiling.constants[0], tiling.shared_bytes));
  ProductShader shader{
      .arithmetic = arithmetic,
      .shader = {.name = fmt::format("{}.{}.{}", op_name(problem.op), format_of(problem.format).name,
                                     arithmetic_facts(arithmetic).name),
                 .constants = tiling.constants,
                 .buffers = matrix ? 6U : 5U,
                 .arguments = 8,
                 .full_subgroups = matrix},
      .rows = problem.op == Op::gemv ? parameters[1] : parameters[0],
      .tokens = problem.op == Op::gemv ? 1 : parameters[1]};
  return make_product(*bench.gpu, problem, bench.data, bench.seed, shader);
}

std::string lacks(Arithmetic arithmetic, Op op, const GpuFacts& gpu) {
  if (op == Op::gemv && !gpu.subgroup_arithmetic) return "sums within a subgroup";
  if (arithmetic == Arithmetic::int8 && !gpu.integer_dot) return "integer dot products";
  if (arithmetic == Arithmetic::float16 && !gpu.float16) return "arithmetic of halves";
  if (arithmetic == Arithmetic::matrix && gpu.matrix_units.m == 0) return gpu.matrix_units.lacking;
  return "";
}

Kernel row(Op op, const QuantFormat& format, Arithmetic arithmetic) {
  const std::string name =
      fmt::format("vulkan.{}.{}.{}", op_name(op), format.name, arithmetic_facts(arithmetic).name);
  const std::vector<GpuParameters>& sets = parameters_for(op, arithmetic);
  Kernel kernel = gpu_kernel(
      name, op, format.id,
      [=, usual = sets.front()](const Problem& problem, Workbench& bench) {
        return prepare_product(parameters_of(*bench.gpu, name, usual), arithmetic, problem, bench);
      },
      [=](const GpuFacts& gpu) { return lacks(arithmetic, op, gpu); });
  kernel.parameters = sets;
  kernel.peak = arithmetic_facts(arithmetic).peak;
  return kernel;
}

/// Whether products of `format` have this arithmetic (shaders/shader_list.cmake). Quantized weights are bytes
/// and scales, f16 weights are halves, and the 24 bits of a float are not rounded away.
bool computes(Op op, const QuantFormat& format, Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::int8:
      return format.quantized();
    case Arithmetic::float16:
      return op == Op::gemm && (format.quantized() || format.id == FormatId::f16);
    case Arithmetic::matrix:
      return op == Op::gemm && format.id != FormatId::f32;
    case Arithmetic::float32:
      break;
  }
  return true;
}

}  // namespace

std::vector<Kernel> vulkan_matrix_kernels() {
  std::vector<Kernel> rows;
  for (const Op op : {Op::gemv, Op::gemm})
    for (const QuantFormat& format : kernel_formats())
      for (const Arithmetic arithmetic :
           {Arithmetic::matrix, Arithmetic::int8, Arithmetic::float16, Arithmetic::float32})
        if (computes(op, format, arithmetic)) rows.push_back(row(op, format, arithmetic));
  return rows;
}

}  // namespace weighin
