// A GPU through Vulkan, as kernels use it: buffers, shaders with their constants, and work that is recorded
// once and timed by the GPU's own clock. Vulkan's headers stay behind this one. A driver may crash or hang:
// only a child process opens a GPU.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace weighin {

/// What a GPU's matrix units multiply at once: m x k halves by k x n halves, summed as m x n floats, by a
/// subgroup.
struct MatrixUnits {
  uint32_t m = 0, n = 0, k = 0;          // 0: there are none that kernels here can use
  std::string lacking = "matrix units";  // what of them is not there
  bool khr = false;                      // by VK_KHR_cooperative_matrix; else by NVIDIA's older extension
};

/// What kernels ask of a GPU before they run on it.
struct GpuFacts {
  std::string id;  // probes/gpu/vulkan.h
  std::string name, driver, driver_version;
  bool software = false;  // llvmpipe and its like
  bool unified = false;   // its memory is the machine's
  uint32_t subgroup_size = 0;
  bool subgroup_arithmetic = false;
  bool float16 = false;           // arithmetic, and in 16-bit storage
  bool integer_dot = false;       // of four signed bytes in a word
  bool integer_dot_fast = false;  // by an instruction of its own
  MatrixUnits matrix_units{};
  uint64_t memory_bytes = 0;       // of its largest heap of its own
  uint64_t max_binding_bytes = 0;  // maxStorageBufferRange
  uint64_t max_allocation_bytes = 0;
  uint32_t max_group_threads = 0;  // of a workgroup
  uint32_t max_shared_bytes = 0;
  double clock_period_s = 0;  // of the GPU's clock; 0: it has none that can be read
};

enum class GpuMemory : uint8_t {
  device,    // the GPU's own
  upload,    // the CPU writes, the GPU reads
  readback,  // the GPU writes, the CPU reads
};

class Gpu;

/// Memory that shaders read and write. Empty until made by Gpu::buffer.
class GpuBuffer {
 public:
  GpuBuffer();
  ~GpuBuffer();
  GpuBuffer(GpuBuffer&&) noexcept;
  GpuBuffer& operator=(GpuBuffer&&) noexcept;

  uint64_t bytes() const { return bytes_; }
  /// Of upload and readback memory.
  std::span<std::byte> mapped() const { return mapped_; }

  struct State;  // gpu_state.h
  const State& state() const { return *state_; }

 private:
  friend class Gpu;
  std::unique_ptr<State> state_;
  uint64_t bytes_ = 0;
  std::span<std::byte> mapped_;
};

/// A shader with its constants, compiled by the driver; kept by its Gpu.
struct GpuPipeline;

/// Of a shader that kernels/vulkan/shaders/ has: its file's name without ending, the format and the
/// arithmetic it was compiled with ("gemv.q4_0.int8"), and the numbers of its specialization constants 0, 1,
/// ...
struct GpuShader {
  std::string name;
  std::vector<uint32_t> constants;
  uint32_t buffers = 0;    // bindings 0, 1, ...
  uint32_t arguments = 0;  // push constants, words
  /// Subgroups of GpuFacts::subgroup_size, all whole: for shaders with matrix units.
  bool full_subgroups = false;

  auto operator<=>(const GpuShader&) const = default;
};

/// One step of recorded work; each waits for the one before.
struct GpuStep {
  const GpuPipeline* pipeline = nullptr;    // nullptr: a fill or a copy
  std::vector<const GpuBuffer*> buffers{};  // bindings 0, 1, ...; of a fill the one, of a copy from and to
  std::vector<uint32_t> arguments{};        // push constants, words
  std::array<uint32_t, 3> groups{1, 1, 1};  // workgroups
  uint64_t copied_bytes = 0, copied_from = 0, copied_to = 0;
  std::optional<uint32_t> filled_with{};  // every word of the buffer
};

/// Steps recorded into a command buffer, which can be run any number of times. Its buffers outlive it.
class GpuWork {
 public:
  ~GpuWork();
  GpuWork(GpuWork&&) noexcept;
  GpuWork& operator=(GpuWork&&) noexcept;

  struct State;  // gpu_state.h

 private:
  friend class Gpu;
  GpuWork();
  std::unique_ptr<State> state_;
};

struct GpuOptions {
  /// Of several drivers that show this GPU, the one of this name (GpuFacts::driver); the loader's first where
  /// none has it.
  std::string driver{};
  /// Loads the validation layers, with synchronization validation; what they complain of is in complaints().
  bool validate = false;
};

/// One GPU, its queue and its compiled shaders. Used by one thread.
class Gpu {
 public:
  /// The GPU whose id this is. Error: no loader, no such GPU, what the driver refused.
  static tl::expected<std::unique_ptr<Gpu>, std::string> open(const std::string& id,
                                                              const GpuOptions& options = {});
  ~Gpu();

  const GpuFacts& facts() const;

  /// Error: what was asked for, of what size, and what the driver said.
  tl::expected<GpuBuffer, std::string> buffer(uint64_t bytes, GpuMemory memory);
  tl::expected<void, std::string> write(const GpuBuffer& to, uint64_t at, std::span<const std::byte> bytes);
  tl::expected<void, std::string> read(const GpuBuffer& from, uint64_t at, std::span<std::byte> bytes);

  /// Compiled once. Error: no such shader, or the driver refused it.
  tl::expected<const GpuPipeline*, std::string> pipeline(const GpuShader& shader);

  /// `timed` after `warming`, which brings the clock up. Error: what the driver refused.
  tl::expected<GpuWork, std::string> record(std::span<const GpuStep> warming, std::span<const GpuStep> timed);

  /// Seconds of the timed steps by the GPU's clock; without one, of all by the CPU's. Negative where the GPU
  /// failed: failure() then says how, and nothing more can be run on it.
  double run(GpuWork& work) noexcept;
  const std::string& failure() const;
  /// Seconds since was_timed() was called last: while it waits, its clock falls. Infinite before the first
  /// call.
  double since_timed_s() const;
  void was_timed();
  /// Does one step, and waits. Error: what the driver refused, or how the GPU failed.
  tl::expected<void, std::string> run_once(const GpuStep& step);

  /// What validation layers said since the GPU was opened.
  const std::vector<std::string>& complaints() const;

 private:
  Gpu();
  struct State;
  std::unique_ptr<State> state_;
};

/// The place in `gpus` of the one that Gpu::open would take; nothing where none has this id.
std::optional<size_t> chosen_gpu(std::span<const GpuFacts> gpus, std::string_view id,
                                 std::string_view driver);

/// All GPUs that the loader shows, software ones last. Error: no loader or no driver.
tl::expected<std::vector<GpuFacts>, std::string> visible_gpus();

/// Names of all compiled shaders.
std::vector<std::string_view> shader_names();
/// SPIR-V of one; nothing where there is no such shader.
std::optional<std::vector<uint32_t>> shader_words(const std::string& name);

}  // namespace weighin
