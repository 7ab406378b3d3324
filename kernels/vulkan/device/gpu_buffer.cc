#include "kernels/vulkan/device/gpu_buffer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "kernels/vulkan/device/gpu_state.h"
#include "kernels/vulkan/device/gpu_work.h"
#include "kernels/vulkan/device/instance.h"

namespace weighin {
namespace {

using Flags = vk::MemoryPropertyFlags;
using Flag = vk::MemoryPropertyFlagBits;

/// Bytes that are carried at a time.
constexpr uint64_t staging_bytes = uint64_t{16} << 20;

/// Which type of memory is chosen: it must have the flags `required`, and should have `preferred` and not
/// `avoided`.
struct MemoryPreference {
  Flags required, preferred, avoided;
};

MemoryPreference preference_of(GpuMemory memory) {
  switch (memory) {
    case GpuMemory::device:
      return {{}, Flag::eDeviceLocal, Flag::eHostVisible};
    case GpuMemory::upload:
      return {Flag::eHostVisible | Flag::eHostCoherent, {}, Flag::eDeviceLocal};
    default:
      return {Flag::eHostVisible | Flag::eHostCoherent, Flag::eHostCached, Flag::eDeviceLocal};
  }
}

uint32_t memory_type(const vk::raii::PhysicalDevice& device, uint32_t allowed,
                     const MemoryPreference& preference) {
  const vk::PhysicalDeviceMemoryProperties memory = device.getMemoryProperties();
  int best_score = -1;
  uint32_t best = 0;
  for (uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
    const Flags flags = memory.memoryTypes[i].propertyFlags;
    if (!(allowed >> i & 1) || (flags & preference.required) != preference.required) continue;
    const int score =
        2 * ((flags & preference.preferred) == preference.preferred) + !(flags & preference.avoided);
    if (score <= best_score) continue;
    best_score = score;
    best = i;
  }
  if (best_score < 0) throw std::runtime_error("it has no memory of that kind");
  return best;
}

/// The buffer `place` of the GPU, through which bytes go between the CPU and the GPU's own memory. It is made
/// when it is first needed.
tl::expected<const GpuBuffer*, std::string> staging_of(Gpu& gpu, GpuBuffer& place, GpuMemory memory) {
  if (place.bytes() > 0) return &place;
  auto made = make_buffer(gpu, staging_bytes, memory);
  if (!made) return tl::unexpected(made.error());
  place = std::move(*made);
  return &place;
}

}  // namespace

GpuBuffer::GpuBuffer() = default;
GpuBuffer::GpuBuffer(std::unique_ptr<State> state, uint64_t bytes, std::span<std::byte> mapped)
    : state_(std::move(state)), bytes_(bytes), mapped_(mapped) {}
GpuBuffer::~GpuBuffer() = default;
GpuBuffer::GpuBuffer(GpuBuffer&&) noexcept = default;
GpuBuffer& GpuBuffer::operator=(GpuBuffer&&) noexcept = default;

tl::expected<GpuBuffer, std::string> make_buffer(Gpu& gpu, uint64_t bytes, GpuMemory memory) {
  Gpu::State& s = gpu.state();
  try {
    auto state = std::make_unique<GpuBuffer::State>();
    const uint64_t whole = std::max<uint64_t>(16, (bytes + 15) / 16 * 16);
    using Use = vk::BufferUsageFlagBits;
    state->buffer = {s.device, vk::BufferCreateInfo(
                                   {}, whole, Use::eStorageBuffer | Use::eTransferSrc | Use::eTransferDst)};
    const vk::MemoryRequirements needs = state->buffer.getMemoryRequirements();
    const uint32_t type = memory_type(s.physical, needs.memoryTypeBits, preference_of(memory));
    state->memory = {s.device, vk::MemoryAllocateInfo(needs.size, type)};
    state->buffer.bindMemory(*state->memory, 0);
    std::span<std::byte> mapped;
    if (memory != GpuMemory::device)
      mapped = {static_cast<std::byte*>(state->memory.mapMemory(0, VK_WHOLE_SIZE)), whole};
    return GpuBuffer(std::move(state), whole, mapped);
  } catch (const std::exception& error) {
    return tl::unexpected(fmt::format("{} MiB of the GPU's memory could not be had: {}",
                                      (bytes + 0xfffff) >> 20, vulkan_error(error)));
  }
}

tl::expected<void, std::string> write_buffer(Gpu& gpu, const GpuBuffer& to, uint64_t at,
                                             std::span<const std::byte> bytes) {
  const auto staging = staging_of(gpu, gpu.state().staging_up, GpuMemory::upload);
  if (!staging) return tl::unexpected(staging.error());
  for (uint64_t done = 0; done < bytes.size(); done += staging_bytes) {
    const uint64_t part = std::min<uint64_t>(bytes.size() - done, staging_bytes);
    std::memcpy((*staging)->mapped().data(), bytes.data() + done, part);
    const GpuStep copy{.buffers = {*staging, &to}, .copied_bytes = part, .copied_to = at + done};
    if (auto copied = run_step(gpu, copy); !copied) return copied;
  }
  return {};
}

tl::expected<void, std::string> read_buffer(Gpu& gpu, const GpuBuffer& from, uint64_t at,
                                            std::span<std::byte> bytes) {
  const auto staging = staging_of(gpu, gpu.state().staging_down, GpuMemory::readback);
  if (!staging) return tl::unexpected(staging.error());
  for (uint64_t done = 0; done < bytes.size(); done += staging_bytes) {
    const uint64_t part = std::min<uint64_t>(bytes.size() - done, staging_bytes);
    const GpuStep copy{.buffers = {&from, *staging}, .copied_bytes = part, .copied_from = at + done};
    if (auto copied = run_step(gpu, copy); !copied) return copied;
    std::memcpy(bytes.data() + done, (*staging)->mapped().data(), part);
  }
  return {};
}

}  // namespace weighin
