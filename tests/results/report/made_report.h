// A made machine for the report's tests: its kernels take what a simple roofline gives, so every part of the
// report has something to show. No number here was measured.
#pragma once

#include <algorithm>
#include <set>

#include "kernels/problem/steps.h"
#include "models/names/catalogue.h"
#include "results/report/report.h"

namespace weighin::made {

inline constexpr double bytes_per_s = 40e9;  // all 8 threads; one thread gets a third
inline constexpr double fp32_per_s = 600e9, bf16_per_s = 900e9, int8_per_s = 2400e9;

inline double peak(const Problem& problem) {
  switch (peak_of(problem)) {
    case Op::peak_int8:
      return int8_per_s;
    case Op::peak_bf16:
      return bf16_per_s;
    default:
      return fp32_per_s;
  }
}

/// `problem` as measured on the made machine: 0.8 of its bound, with a little that differs between problems.
inline Measurement measurement(int64_t id, const Problem& problem, uint32_t threads) {
  const double share = threads == 1 ? 1.0 / 5 : 1;
  const Cost cost = cost_of(problem);
  const double reached = 0.62 + 0.045 * static_cast<double>(id % 7);
  const double bound = std::max(cost.bytes() / bytes_per_s, cost.operations / peak(problem));
  Measurement m;
  m.id = id;
  m.run = 1;
  m.device = "0123456789abcdef";
  m.problem = problem;
  m.kernel = "cpu." + std::string(op_name(problem.op)) +
             (problem.format == FormatId::none ? "" : "." + std::string(format_of(problem.format).name)) +
             ".avx2";
  m.threads = threads;
  m.seconds = std::max(bound / reached / share, 1e-7);
  m.spread = 0.02;
  m.roofline_fraction = reached;
  m.status = Status::measured;
  return m;
}

/// The machine's peaks, then every problem of each class's reference model up to 30B in each format.
inline std::vector<Measurement> measurements() {
  std::vector<Measurement> all;
  const auto bound = [&](Op op, uint64_t m, double rate, uint32_t threads) {
    Problem problem{.op = op, .format = FormatId::none, .m = m};
    Measurement made = measurement(static_cast<int64_t>(all.size()) + 1, problem, threads);
    const Cost cost = cost_of(problem);
    made.seconds = (op == Op::stream_read ? cost.bytes() : cost.operations) / rate;
    made.roofline_fraction.reset();
    all.push_back(made);
  };
  for (const uint32_t threads : {8u, 1u}) {
    const double share = threads == 1 ? 1.0 / 5 : 1;
    bound(Op::stream_read, 1u << 28, bytes_per_s * share, threads);
    bound(Op::peak_fp32, 1u << 30, fp32_per_s * share, threads);
    bound(Op::peak_bf16, 1u << 30, bf16_per_s * share, threads);
    bound(Op::peak_int8, 1u << 30, int8_per_s * share, threads);
  }
  std::set<Problem> problems;
  for (const SizeClass& size_class : all_size_classes()) {
    if (size_class.nominal_params > 30'000'000'000) break;
    const ModelShape& model = reference_model(size_class);
    for (const FileFormat& format : kernel_file_formats()) {
      for (const auto& use : decode_step(model, format, 640)) problems.insert(use.problem);
      for (const auto& use : prefill_step(model, format, model.task == Task::encode ? 384 : 512))
        problems.insert(use.problem);
    }
  }
  for (const Problem& problem : problems) {
    for (const uint32_t threads : {8u, 1u})
      all.push_back(measurement(static_cast<int64_t>(all.size()) + 1, problem, threads));
  }
  Measurement skipped =
      measurement(static_cast<int64_t>(all.size()) + 1,
                  {.op = Op::gemv, .format = FormatId::q4_0, .m = 64, .n = 1, .k = 12288}, 8);
  skipped.status = Status::skipped;
  skipped.seconds = 0;
  skipped.roofline_fraction.reset();
  skipped.reason = "budget";
  all.push_back(skipped);
  return all;
}

inline constexpr const char* gpu_id = "fedcba9876543210";

/// What is measured of a made GPU: its bounds, then every tenth of the CPU's problems in arithmetic of each
/// kind.
inline std::vector<Measurement> gpu_measurements() {
  std::vector<Measurement> all;
  const auto add = [&](const Problem& problem, const std::string& kernel, double seconds) {
    Measurement m = measurement(static_cast<int64_t>(all.size()) + 1, problem, 1);
    m.backend = "vulkan";
    m.gpu = gpu_id;
    m.kernel = kernel;
    m.seconds = seconds;
    all.push_back(m);
  };
  constexpr uint64_t bytes = 1u << 28, operations = 1u << 30;
  constexpr double gpu_bytes_per_s = 400e9, fp32 = 10e12, fp16 = 20e12, matrix = 60e12, int8 = 35e12;
  add({.op = Op::stream_read, .m = bytes}, "vulkan.stream_read", bytes / gpu_bytes_per_s);
  add({.op = Op::peak_fp32, .m = operations}, "vulkan.peak.fp32", operations / fp32);
  add({.op = Op::peak_fp16, .m = operations}, "vulkan.peak.fp16", operations / fp16);
  add({.op = Op::peak_matrix, .m = operations}, "vulkan.peak.matrix", operations / matrix);
  add({.op = Op::peak_int8, .m = operations}, "vulkan.peak.int8", operations / int8);
  size_t seen = 0;
  for (const Measurement& m : measurements()) {
    const Cost cost = cost_of(m.problem);
    const bool product = m.problem.op == Op::gemv || m.problem.op == Op::gemm;
    if (!product || m.threads != 8 || m.status != Status::measured || ++seen % 10 != 0) continue;
    const std::string kernel = std::string("vulkan.") + std::string(op_name(m.problem.op)) + "." +
                               std::string(format_of(m.problem.format).name);
    const bool prefill = m.problem.op == Op::gemm;
    add(m.problem, kernel + (prefill ? ".matrix" : ".float32"),
        1.25 * std::max(cost.bytes() / gpu_bytes_per_s, cost.operations / (prefill ? matrix : fp32)));
  }
  return all;
}

inline GpuCapacity gpu_capacity() {
  GpuCapacity gpu;
  gpu.id = gpu_id;
  gpu.name = "Made GPU 8 GB";
  gpu.driver = "made";
  gpu.memory_total_bytes = gpu.memory_bytes = uint64_t{8} << 30;
  gpu.free_now = true;
  gpu.rule = "free now";
  return gpu;
}

/// The made machine's facts: the recorded ones of a probe's JSON, shortened.
inline Device device() {
  Device device;
  device.id = "0123456789abcdef";
  device.label = "made-laptop-0123";
  device.cpu = "Made CPU 8-Core @ 3.2 GHz";
  device.cores = 8;
  device.threads = 16;
  device.memory_bytes = uint64_t{16} << 30;
  device.storage_free_bytes = uint64_t{200} << 30;
  device.probed_at = "2026-01-01T09:59:00Z";
  device.facts_json = R"json({"id":"0123456789abcdef","label":"made-laptop-0123",
    "platform":{"board":"Made Board 3","system":"Debian GNU/Linux 12 (bookworm)","kernel":"6.1.0",
      "virtualization":{"absent":"none found"},"power":"mains"},
    "cpu":{"architecture":"x86_64","name":"Made CPU","simd":["sse4.2","avx2","fma"],
      "governor":{"absent":"/sys has no cpufreq folder"},"mhz":3200.0,"max_mhz":4100.0},
    "topology":{"sockets":1,"cores":8,"threads":16,"usable_threads":16,"last_level_cache_bytes":16777216,
      "core_kinds":[{"kind":"core","cores":8,"threads":16,"max_mhz":4100.0}],
      "caches":[{"level":1,"type":"data","bytes":32768,"shared_by_threads":2,"count":8},
                {"level":3,"type":"unified","bytes":16777216,"shared_by_threads":16,"count":1}],"numa":[]},
    "memory":{"total_bytes":17179869184,"available_bytes":11811160064,"usable_bytes":10737418240,
      "usable_limit":"cgroup","swap_total_bytes":2147483648,"transparent_huge_pages":"madvise",
      "limits":[{"kind":"cgroup","bytes":12884901888,"available_bytes":10737418240,"source":"/sys"}]},
    "storage":{"where":"models folder","filesystem":"ext4","total_bytes":512110190592,
      "free_bytes":214748364800,"read_bytes_per_s":{"absent":"not measured"}},
    "vulkan":[{"name":"llvmpipe (LLVM 15)","driver":"llvmpipe","type":"cpu","api_version":"1.3",
      "software":true,"unified":true,"heaps":[{"bytes":17179869184,"device_local":true}]}],
    "remarks":[],"warnings":[]})json";
  return device;
}

inline Capacity capacity() {
  Capacity capacity;
  capacity.device = "made-laptop-0123";
  capacity.memory_bytes = uint64_t{10} << 30;
  capacity.memory_kind = LimitKind::cgroup;
  capacity.memory_total_bytes = uint64_t{12} << 30;
  capacity.storage_free_bytes = uint64_t{200} << 30;
  capacity.warnings = {"on battery: a run may be slower than on mains"};
  return capacity;
}

inline Run run() {
  Run run;
  run.id = 1;
  run.device = "0123456789abcdef";
  run.program_version = "0.1.0";
  run.compiler = "GNU 12.2.0";
  run.build = "Release";
  run.options = "--budget 90s";
  run.started_at = "2026-01-01T10:00:00Z";
  run.ended_at = "2026-01-01T10:01:30Z";
  run.outcome = "budget";
  run.warnings = {"other programs used 12% of the cores"};
  return run;
}

}  // namespace weighin::made
