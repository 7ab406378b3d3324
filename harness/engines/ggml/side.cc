#include "harness/engines/ggml/side.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "kernels/formats/codec.h"

namespace weighin {
namespace {

/// Addresses of tensors are multiples of this: the largest alignment that the library's CPU build asks for is
/// 64, and that of its Vulkan devices at most 256.
constexpr uint64_t alignment = 256;
/// The most rows that a layout interleaves (ggml/src/ggml-cpu/repack.cpp has 4, 8 and 16).
constexpr uint64_t interleaved_rows = 16;
/// The tile of random weights that is repeated over the working set: rows of 4096 values, which all formats
/// divide.
constexpr uint32_t tile_k = 4096;
constexpr uint64_t tile_rows = 1024;
constexpr int usage_weights = 1;

uint64_t rounded_up(uint64_t bytes, uint64_t to) {
  return (bytes + to - 1) / to * to;
}

}  // namespace

std::vector<std::byte> random_weights(FormatId format, uint64_t bytes, uint64_t seed) {
  Random random(seed * 1000003 + static_cast<uint64_t>(format));
  std::vector<std::byte> blocks(bytes);
  codec_of(format).fill(blocks.data(), bytes / format_of(format).block_bytes, Data::ordinary, random);
  return blocks;
}

std::vector<GgmlSide> sides_of(const Ggml& ggml) {
  std::vector<GgmlSide> sides{
      {ggml, ggml.device, ggml.backend, true, ggml.dev_name(ggml.device), ggml.repacking}};
  sides.front().layouts.push_back(ggml.dev_buffer_type(ggml.device));
  for (size_t i = 0; i < ggml.dev_count(); ++i) {
    GgmlDevice* device = ggml.dev_get(i);
    const auto kind = static_cast<GgmlDeviceKind>(ggml.dev_type(device));
    if (kind != GgmlDeviceKind::gpu && kind != GgmlDeviceKind::integrated_gpu) continue;
    GgmlBackend* backend = ggml.dev_init(device, nullptr);
    if (backend == nullptr) continue;
    sides.push_back({ggml, device, backend, false, ggml.dev_name(device), {ggml.dev_buffer_type(device)}});
  }
  return sides;
}

GgmlScope::GgmlScope(const Ggml& ggml, size_t tensors, size_t graphs, size_t nodes) : ggml_(ggml) {
  const size_t bytes =
      (tensors + 16) * ggml.tensor_overhead() + graphs * ggml.graph_overhead_custom(nodes, false);
  context_ = ggml.init({bytes, nullptr, true});
}

GgmlScope::~GgmlScope() {
  ggml_.free(context_);
}

ActivationMemory::ActivationMemory(const GgmlSide& side, uint64_t bytes)
    : side_(side),
      buffer_(side.ggml.buft_alloc_buffer(side.ggml.dev_buffer_type(side.device), bytes)),
      bytes_(bytes) {}

ActivationMemory::~ActivationMemory() {
  if (buffer_ != nullptr) side_.ggml.buffer_free(buffer_);
}

void* ActivationMemory::take(uint64_t bytes) {
  bytes = rounded_up(bytes, alignment);
  if (used_ + bytes > bytes_) return nullptr;
  auto* piece = static_cast<std::byte*>(side_.ggml.buffer_get_base(buffer_)) + used_;
  used_ += bytes;
  return piece;
}

LargeWeights::LargeWeights(const GgmlSide& side, uint64_t bytes) : side_(side), bytes_(bytes) {}

LargeWeights::~LargeWeights() {
  for (auto& [layout, region] : regions_) {
    if (region.buffer != nullptr) side_.ggml.buffer_free(region.buffer);
    if (region.mapped != nullptr) munmap(region.mapped, region.bytes);
  }
}

tl::expected<GgmlBufferType*, std::string> LargeWeights::layout_of(FormatId format, uint32_t k, uint64_t m,
                                                                   uint32_t n) {
  const Ggml& ggml = side_.ggml;
  for (GgmlBufferType* layout : side_.layouts) {
    const GgmlScope weights(ggml, 1, 0, 0), products(ggml, 2, 0, 0);
    GgmlTensor* w = ggml.new_tensor_2d(*weights, static_cast<int>(format_of(format).gguf_type), k,
                                       static_cast<int64_t>(m));
    GgmlBuffer* buffer = ggml.alloc_ctx_tensors_from_buft(*weights, layout);
    if (buffer == nullptr) continue;
    GgmlTensor* x = ggml.new_tensor_2d(*products, ggml_f32, k, n);
    const bool supported = ggml.dev_supports_op(side_.device, ggml.mul_mat(*products, w, x));
    ggml.buffer_free(buffer);
    if (supported) return layout;
  }
  return tl::unexpected(
      fmt::format("llama.cpp has no kernel for {} on {}", format_of(format).name, side_.name));
}

tl::expected<LargeWeights::Region*, std::string> LargeWeights::region_of(GgmlBufferType* layout) {
  Region& region = regions_[layout];
  if (region.buffer != nullptr) return &region;
  const Ggml& ggml = side_.ggml;
  region.bytes = bytes_;
  if (side_.cpu && layout == ggml.dev_buffer_type(side_.device)) {
    // Plain weights are read from the mapped file, which lies on small pages.
    void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      return tl::unexpected(fmt::format("no memory for {} MiB of weights", bytes_ >> 20));
    madvise(memory, bytes_, MADV_NOHUGEPAGE);
    region.base = region.mapped = static_cast<std::byte*>(memory);
    region.buffer = ggml.cpu_buffer_from_ptr(memory, bytes_);
  } else {
    region.buffer = ggml.buft_alloc_buffer(layout, bytes_);
    if (region.buffer != nullptr) region.base = static_cast<std::byte*>(ggml.buffer_get_base(region.buffer));
  }
  if (region.buffer == nullptr)
    return tl::unexpected(fmt::format("llama.cpp's library refused {} MiB for weights", bytes_ >> 20));
  ggml.buffer_set_usage(region.buffer, usage_weights);
  return &region;
}

tl::expected<void, std::string> LargeWeights::fill(FormatId format, GgmlBufferType* layout) {
  const Ggml& ggml = side_.ggml;
  const auto region = region_of(layout);
  if (!region) return tl::unexpected(region.error());
  current_ = *region;
  const uint64_t block = format_of(format).block_bytes;
  step_ = std::lcm(block * interleaved_rows, alignment);
  if (current_->format == format) return {};
  const uint64_t tile = row_bytes(format, tile_k) * tile_rows;
  if (tile > current_->bytes)
    return tl::unexpected(std::string("the working set is smaller than a tile of weights"));
  const std::vector<std::byte> blocks = random_weights(format, tile, 1);
  const uint64_t tiles = current_->bytes / tile;
  const GgmlScope scope(ggml, tiles, 0, 0);
  for (uint64_t i = 0; i < tiles; ++i) {
    if (side_.cpu && i > 0) {
      std::memcpy(current_->base + i * tile, current_->base, tile);
      continue;
    }
    GgmlTensor* tensor =
        ggml.new_tensor_2d(*scope, static_cast<int>(format_of(format).gguf_type), tile_k, tile_rows);
    ggml.tensor_alloc(current_->buffer, tensor, current_->base + i * tile);
    ggml.tensor_set(tensor, blocks.data(), 0, tile);
  }
  current_->format = format;
  current_->usable = tiles * tile;
  current_->next = 0;
  return {};
}

void LargeWeights::walk_over(uint64_t bytes) {
  walked_ = bytes;
}

bool LargeWeights::place_next(GgmlTensor* tensor, uint64_t bytes) {
  const uint64_t usable = walked_ ? std::min(walked_, current_->usable) : current_->usable;
  if (bytes > usable) return false;
  if (restart_) current_->next = 0;
  restart_ = false;
  if (current_->next + bytes > usable) current_->next = 0;
  side_.ggml.tensor_alloc(current_->buffer, tensor, current_->base + current_->next);
  current_->next = rounded_up(current_->next + bytes, step_);
  return true;
}

}  // namespace weighin
