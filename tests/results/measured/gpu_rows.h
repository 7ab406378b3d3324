// A machine with GPUs that nobody has: capacities in round bytes, and measurements by a formula.
#pragma once

#include <string>
#include <vector>

#include "kernels/problem/steps.h"
#include "models/names/catalogue.h"
#include "results/fit/weigh.h"

namespace weighin::made_gpu {

inline constexpr uint64_t gib = uint64_t{1} << 30;
inline constexpr const char* card = "0123456789abcdef";
inline constexpr const char* other_card = "fedcba9876543210";

/// Seconds of an operation: fixed, and by rates.
struct Speed {
  double fixed_s, bytes_per_s, ops_per_s;
  double of(const Problem& problem) const {
    const Cost cost = cost_of(problem);
    return fixed_s + cost.bytes() / bytes_per_s + cost.operations / ops_per_s;
  }
};
inline constexpr Speed cpu_speed{1e-6, 20e9, 400e9};
inline constexpr Speed gpu_speed{5e-6, 400e9, 20e12};  // a dispatch is the fixed part

inline Measurement measured(const Problem& problem, double seconds, const std::string& gpu = "") {
  Measurement m;
  m.backend = gpu.empty() ? "cpu" : "vulkan";
  m.gpu = gpu;
  m.kernel = m.backend + "." + std::string(op_name(problem.op));
  if (!gpu.empty() && is_matrix(problem.op)) m.kernel += ".int8";
  m.problem = problem;
  m.seconds = seconds;
  m.status = Status::measured;
  m.id = 1;
  return m;
}

/// All that `model` in `format` is made of, on the CPU (no `gpu`) or on the GPU with that id; a GPU's with
/// what a step costs beside: a submission of `submit_s`, copies at 10 GB/s.
inline void add(std::vector<Measurement>& rows, const ModelShape& model, FileFormatId format,
                const Speed& speed, const std::string& gpu = "", double submit_s = 50e-6) {
  const FileFormat& file = file_format_of(format);
  for (const auto& step : {decode_step(model, file, 640), prefill_step(model, file, 512)})
    for (const ProblemUse& use : step) rows.push_back(measured(use.problem, speed.of(use.problem), gpu));
  if (gpu.empty()) return;
  rows.push_back(measured({.op = Op::dispatch}, speed.fixed_s, gpu));
  rows.push_back(measured({.op = Op::submit}, submit_s, gpu));
  for (const Op op : {Op::copy_to_device, Op::copy_from_device})
    rows.push_back(measured({.op = op, .m = 100'000'000}, 0.01, gpu));
}

inline GpuCapacity gpu(const std::string& id, const std::string& name, uint64_t memory_bytes) {
  GpuCapacity gpu;
  gpu.id = id;
  gpu.name = name;
  gpu.memory_total_bytes = gpu.memory_bytes = memory_bytes;
  gpu.free_now = true;
  gpu.rule = "free now";
  gpu.max_storage_buffer_range = 4 * gib - 1;
  gpu.max_allocation_bytes = 4 * gib - 1;
  gpu.max_allocations = 4096;
  gpu.webgpu = webgpu_limits(0x1002, gpu.max_storage_buffer_range, gpu.max_allocation_bytes);
  return gpu;
}

inline Capacity machine(std::vector<GpuCapacity> gpus, uint64_t memory_bytes = 16 * gib) {
  Capacity capacity;
  capacity.device = "made machine";
  capacity.memory_bytes = capacity.memory_total_bytes = memory_bytes;
  capacity.memory_kind = LimitKind::ram;
  capacity.storage_free_bytes = 1000 * gib;
  capacity.gpus = std::move(gpus);
  return capacity;
}

inline Question asked(PlaceAsked place = PlaceAsked::automatic, FileFormatId format = FileFormatId::q4_0) {
  Question question;
  question.format = format;
  question.engine = reference_engine;  // sums by hand
  question.place = place;
  return question;
}

inline const ModelShape& model(const char* name) {
  const ModelShape* found = find_model(name);
  return found ? *found : all_models().front();
}

}  // namespace weighin::made_gpu
