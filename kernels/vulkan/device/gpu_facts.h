// What a GPU can do, as far as kernels ask before they run on it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weighin {

/// What a GPU's matrix units multiply at once: m x k halves by k x n halves, summed as m x n floats, by a
/// subgroup.
struct MatrixUnits {
  uint32_t m = 0, n = 0, k = 0;          // 0: there are none that kernels here can use
  std::string lacking = "matrix units";  // what is missing of them
  bool khr = false;  // used by VK_KHR_cooperative_matrix, or else by NVIDIA's older extension
};

struct GpuFacts {
  std::string id;  // probes/gpu/vulkan.h
  std::string name, driver, driver_version;
  bool software = false;  // computed by the CPU: llvmpipe and its like
  bool unified = false;   // its memory is the machine's
  uint32_t subgroup_size = 0;
  bool subgroup_arithmetic = false;
  bool float16 = false;           // it computes with halves, and stores them in 16 bits
  bool integer_dot = false;       // it has dot products of four signed bytes in a word
  bool integer_dot_fast = false;  // by an instruction of its own
  MatrixUnits matrix_units{};
  uint64_t memory_bytes = 0;          // of the largest heap that is its own
  uint64_t max_binding_bytes = 0;     // of a buffer that a shader sees (maxStorageBufferRange)
  uint64_t max_allocation_bytes = 0;  // of one allocation of memory
  uint32_t max_group_threads = 0;     // of a workgroup
  uint32_t max_shared_bytes = 0;      // of a workgroup's shared memory
  double clock_period_s = 0;          // of the GPU's clock; 0: it has none that can be read
};

/// The index in `gpus` of the GPU with this id; of several drivers that show it, the one named `driver`, or
/// else the first. Nothing where none has this id.
std::optional<size_t> chosen_gpu(std::span<const GpuFacts> gpus, std::string_view id,
                                 std::string_view driver);

}  // namespace weighin
