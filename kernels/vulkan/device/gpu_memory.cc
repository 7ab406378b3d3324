// A GPU's memory: buffers, and bytes carried to and from them.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "kernels/vulkan/device/gpu_state.h"

namespace weighin {
namespace {

using Flags = vk::MemoryPropertyFlags;
using Flag = vk::MemoryPropertyFlagBits;

/// What is carried at a time.
constexpr uint64_t staging_bytes = uint64_t{16} << 20;

/// What memory must be, and what it had better be and not be.
struct Wish {
  Flags must, better, not_best;
};

Wish wish_of(GpuMemory memory) {
  switch (memory) {
    case GpuMemory::device:
      return {{}, Flag::eDeviceLocal, Flag::eHostVisible};
    case GpuMemory::upload:
      return {Flag::eHostVisible | Flag::eHostCoherent, {}, Flag::eDeviceLocal};
    default:
      return {Flag::eHostVisible | Flag::eHostCoherent, Flag::eHostCached, Flag::eDeviceLocal};
  }
}

uint32_t memory_type(const vk::raii::PhysicalDevice& device, uint32_t allowed, const Wish& wish) {
  const vk::PhysicalDeviceMemoryProperties memory = device.getMemoryProperties();
  int best_score = -1;
  uint32_t best = 0;
  for (uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
    const Flags flags = memory.memoryTypes[i].propertyFlags;
    if (!(allowed >> i & 1) || (flags & wish.must) != wish.must) continue;
    const int score = 2 * ((flags & wish.better) == wish.better) + !(flags & wish.not_best);
    if (score <= best_score) continue;
    best_score = score;
    best = i;
  }
  if (best_score < 0) throw std::runtime_error("it has no memory of that kind");
  return best;
}

/// Memory through which the CPU's bytes go, made when it is first needed.
tl::expected<const GpuBuffer*, std::string> staging_of(Gpu& gpu, GpuBuffer& place, GpuMemory memory) {
  if (place.bytes() > 0) return &place;
  auto made = gpu.buffer(staging_bytes, memory);
  if (!made) return tl::unexpected(made.error());
  place = std::move(*made);
  return &place;
}

}  // namespace

GpuBuffer::GpuBuffer() = default;
GpuBuffer::~GpuBuffer() = default;
GpuBuffer::GpuBuffer(GpuBuffer&&) noexcept = default;
GpuBuffer& GpuBuffer::operator=(GpuBuffer&&) noexcept = default;

tl::expected<GpuBuffer, std::string> Gpu::buffer(uint64_t bytes, GpuMemory memory) {
  State& s = *state_;
  try {
    GpuBuffer made;
    made.state_ = std::make_unique<GpuBuffer::State>();
    made.bytes_ = std::max<uint64_t>(16, (bytes + 15) / 16 * 16);
    using Use = vk::BufferUsageFlagBits;
    made.state_->buffer = {
        s.device,
        vk::BufferCreateInfo({}, made.bytes_, Use::eStorageBuffer | Use::eTransferSrc | Use::eTransferDst)};
    const vk::MemoryRequirements needs = made.state_->buffer.getMemoryRequirements();
    const uint32_t type = memory_type(s.physical, needs.memoryTypeBits, wish_of(memory));
    made.state_->memory = {s.device, vk::MemoryAllocateInfo(needs.size, type)};
    made.state_->buffer.bindMemory(*made.state_->memory, 0);
    if (memory != GpuMemory::device)
      made.mapped_ = {static_cast<std::byte*>(made.state_->memory.mapMemory(0, VK_WHOLE_SIZE)), made.bytes_};
    return made;
  } catch (const std::exception& error) {
    return tl::unexpected(
        fmt::format("{} MiB of the GPU's memory could not be had: {}", (bytes + 0xfffff) >> 20, said(error)));
  }
}

tl::expected<void, std::string> Gpu::write(const GpuBuffer& to, uint64_t at,
                                           std::span<const std::byte> bytes) {
  const auto staging = staging_of(*this, state_->staging_up, GpuMemory::upload);
  if (!staging) return tl::unexpected(staging.error());
  for (uint64_t done = 0; done < bytes.size(); done += staging_bytes) {
    const uint64_t part = std::min<uint64_t>(bytes.size() - done, staging_bytes);
    std::memcpy((*staging)->mapped().data(), bytes.data() + done, part);
    if (auto copied = run_once({.buffers = {*staging, &to}, .copied_bytes = part, .copied_to = at + done});
        !copied)
      return copied;
  }
  return {};
}

tl::expected<void, std::string> Gpu::read(const GpuBuffer& from, uint64_t at, std::span<std::byte> bytes) {
  const auto staging = staging_of(*this, state_->staging_down, GpuMemory::readback);
  if (!staging) return tl::unexpected(staging.error());
  for (uint64_t done = 0; done < bytes.size(); done += staging_bytes) {
    const uint64_t part = std::min<uint64_t>(bytes.size() - done, staging_bytes);
    if (auto copied =
            run_once({.buffers = {&from, *staging}, .copied_bytes = part, .copied_from = at + done});
        !copied)
      return copied;
    std::memcpy(bytes.data() + done, (*staging)->mapped().data(), part);
  }
  return {};
}

}  // namespace weighin
