#include "kernels/vulkan/gpu_weights.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/formats/codec.h"
#include "kernels/vulkan/planes.h"

namespace weighin {
namespace {

/// How many bytes of plain blocks are made. The buffer holds as many copies of them as it has room for:
/// making random numbers for gigabytes would take minutes. The number of blocks is odd, so that copies begin
/// in all of a memory's banks.
constexpr uint64_t made_bytes = uint64_t{4} << 20;
/// The most bytes between the end of a plane and the start of the next, for all planes together.
constexpr uint64_t most_gaps = 4 * 256;

struct WeightBuffer {
  GpuBuffer buffer;
  std::vector<std::byte> made_of;
  std::vector<uint32_t> words;
  uint64_t blocks = 0;
  uint64_t last_used = 0;
};

}  // namespace

std::vector<std::byte> repeated_blocks(const GpuWeights& weights, FormatId format, uint64_t first,
                                       uint64_t count) {
  const uint64_t bytes = gpu_block_bytes(format), made = weights.made_of.size() / bytes;
  std::vector<std::byte> blocks(count * bytes);
  for (uint64_t b = 0; b < count; ++b)
    std::copy_n(weights.made_of.begin() + static_cast<ptrdiff_t>((first + b) % made * bytes), bytes,
                blocks.begin() + static_cast<ptrdiff_t>(b * bytes));
  return blocks;
}

struct GpuWeightPool::State {
  Gpu& gpu;
  uint64_t working_set_bytes, budget_bytes, seed;
  Data data;
  std::map<FormatId, WeightBuffer> kept;
  uint64_t uses = 0;

  uint64_t used_bytes() const {
    uint64_t bytes = 0;
    for (const auto& [format, buffer] : kept) bytes += buffer.buffer.bytes();
    return bytes;
  }

  void make_room(uint64_t bytes) {
    while (!kept.empty() && used_bytes() + bytes > budget_bytes)
      kept.erase(std::min_element(kept.begin(), kept.end(),
                                  [](auto& a, auto& b) { return a.second.last_used < b.second.last_used; }));
  }

  tl::expected<WeightBuffer, std::string> make(FormatId format);
};

tl::expected<WeightBuffer, std::string> GpuWeightPool::State::make(FormatId format) {
  const std::vector<Plane> planes = planes_of(format);
  uint64_t stride = 0;
  for (const Plane& plane : planes) stride += plane.stride;
  const uint64_t plain = gpu_block_bytes(format);
  WeightBuffer made;
  made.blocks = std::max<uint64_t>(1, (std::min(working_set_bytes, budget_bytes) - most_gaps) / stride);
  made.words = plane_words(planes, made.blocks);
  make_room(uint64_t{made.words.back()} * 4);
  auto buffer = make_buffer(gpu, uint64_t{made.words.back()} * 4, GpuMemory::device);
  if (!buffer) return tl::unexpected(buffer.error());
  made.buffer = std::move(*buffer);
  const uint64_t distinct =
      std::min(made.blocks, made_bytes / plain / 4 * 4 + 4);  // a whole number of words in every plane
  made.made_of.resize(distinct * plain);
  Random random(seed + static_cast<uint64_t>(format));
  codec_of(format).fill(made.made_of.data(), made.made_of.size() / format_of(format).block_bytes, data,
                        random);
  for (size_t i = 0; i < planes.size(); ++i) {
    const std::vector<std::byte> bytes = plane_bytes(planes[i], made.made_of, static_cast<uint32_t>(plain));
    const uint64_t all = made.blocks * planes[i].stride;
    for (uint64_t at = 0; at < all; at += bytes.size()) {
      const auto part = std::span(bytes).first(std::min<uint64_t>(bytes.size(), all - at));
      if (auto written = write_buffer(gpu, made.buffer, uint64_t{made.words[i]} * 4 + at, part); !written)
        return tl::unexpected(written.error());
    }
  }
  return made;
}

GpuWeightPool::GpuWeightPool(Gpu& gpu, uint64_t working_set_bytes, uint64_t budget_bytes, uint64_t seed,
                             Data data)
    : state_(std::make_unique<State>(State{gpu,
                                           std::min(working_set_bytes, gpu.facts().max_binding_bytes),
                                           budget_bytes,
                                           seed,
                                           data,
                                           {},
                                           0})) {}
GpuWeightPool::~GpuWeightPool() = default;

uint64_t GpuWeightPool::working_set_bytes() const {
  return state_->working_set_bytes;
}

tl::expected<GpuWeights, std::string> GpuWeightPool::weights(FormatId format) {
  auto found = state_->kept.find(format);
  if (found == state_->kept.end()) {
    auto made = state_->make(format);
    if (!made) return tl::unexpected(made.error());
    found = state_->kept.emplace(format, std::move(*made)).first;
  }
  WeightBuffer& kept = found->second;
  kept.last_used = ++state_->uses;
  return GpuWeights{&kept.buffer, {kept.words.begin(), kept.words.end() - 1}, kept.blocks, kept.made_of};
}

}  // namespace weighin
