// A GPU's memory: buffers, and bytes carried to and from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "kernels/vulkan/device/gpu.h"

namespace weighin {

enum class GpuMemory : uint8_t {
  device,    // the GPU's own
  upload,    // the CPU writes it, and the GPU reads it
  readback,  // the GPU writes it, and the CPU reads it
};

/// Memory that shaders read and write. Empty until make_buffer() made it.
class GpuBuffer {
 public:
  struct State;  // gpu_state.h

  GpuBuffer();
  GpuBuffer(std::unique_ptr<State> state, uint64_t bytes, std::span<std::byte> mapped);
  ~GpuBuffer();
  GpuBuffer(GpuBuffer&&) noexcept;
  GpuBuffer& operator=(GpuBuffer&&) noexcept;

  uint64_t bytes() const { return bytes_; }
  /// Upload and readback memory as the CPU sees it; empty for the GPU's own.
  std::span<std::byte> mapped() const { return mapped_; }
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
  uint64_t bytes_ = 0;
  std::span<std::byte> mapped_;
};

/// A buffer of at least `bytes`. Error: how much was asked for, and what the driver said.
tl::expected<GpuBuffer, std::string> make_buffer(Gpu& gpu, uint64_t bytes, GpuMemory memory);

/// Carries `bytes` into the buffer `to`, from byte `at` on. Error: what the driver refused, or how the GPU
/// failed.
tl::expected<void, std::string> write_buffer(Gpu& gpu, const GpuBuffer& to, uint64_t at,
                                             std::span<const std::byte> bytes);

/// Fills `bytes` with those of the buffer `from`, from byte `at` on. Error: as write_buffer().
tl::expected<void, std::string> read_buffer(Gpu& gpu, const GpuBuffer& from, uint64_t at,
                                            std::span<std::byte> bytes);

}  // namespace weighin
