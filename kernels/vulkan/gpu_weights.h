// Weights in a GPU's memory: valid random blocks of every format, in planes, of more bytes than its caches
// hold.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/formats/data.h"
#include "kernels/vulkan/device/gpu_buffer.h"
#include "models/format/format.h"

namespace weighin {

/// A format's weights as they lie on the GPU, and the blocks that they were made from.
struct GpuWeights {
  const GpuBuffer* buffer = nullptr;
  std::vector<uint32_t> plane_words;   // where each plane begins, in words of 4 bytes (planes.h)
  uint64_t blocks = 0;                 // in the buffer
  std::span<const std::byte> made_of;  // plain blocks; repeated, they are the buffer's
};

/// `count` plain blocks (planes.h) from block `first` on of the weights on the GPU.
std::vector<std::byte> repeated_blocks(const GpuWeights& weights, FormatId format, uint64_t first,
                                       uint64_t count);

/// One buffer a format, filled with random valid blocks and kept.
class GpuWeightPool {
 public:
  /// Each format gets `working_set_bytes`, and all formats together never more than `budget_bytes`: the
  /// buffer that was unused for longest is given back first.
  GpuWeightPool(Gpu& gpu, uint64_t working_set_bytes, uint64_t budget_bytes, uint64_t seed = 1,
                Data data = Data::ordinary);
  ~GpuWeightPool();

  /// Error: how much was asked for, and what the GPU said.
  tl::expected<GpuWeights, std::string> weights(FormatId format);

  uint64_t working_set_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weighin
