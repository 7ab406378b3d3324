#include "kernels/weight_pool.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

namespace weighin {
namespace {

// Below this a buffer sits in any level-2 cache and a rate read from it says nothing about memory.
constexpr uint64_t least_bytes = uint64_t{1} << 20;
constexpr uint64_t tile_bytes_wanted = uint64_t{2} << 20;

/// A random f16 of ordinary size: sign 0, exponent 2^-7 .. 2^-4, any mantissa.
uint16_t random_scale(std::mt19937_64& random) {
  const auto bits = random();
  return static_cast<uint16_t>((8 + (bits & 3)) << 10 | (bits >> 8 & 0x3ff));
}

/// A random float of ordinary size: either sign, 2^-4 .. 1; its high half is a bf16 of the same kind.
uint32_t random_float(std::mt19937_64& random) {
  const auto bits = random();
  return static_cast<uint32_t>((bits & 1) << 31 | (123 + (bits >> 1 & 3)) << 23 | (bits >> 8 & 0x7fffff));
}

/// Bytes of a block that hold f16 scales (ggml-common.h's block structs); every other byte may be anything.
std::vector<size_t> scale_offsets(FormatId format) {
  switch (format) {
    case FormatId::q8_0:
    case FormatId::q4_0:
      return {0};
    case FormatId::q6_K:
      return {208};
    case FormatId::q4_K:
      return {0, 2};
    default:
      return {};
  }
}

std::vector<std::byte> random_tile(FormatId format, uint64_t bytes, uint64_t seed) {
  std::mt19937_64 random(seed * 1000003 + static_cast<uint64_t>(format));
  std::vector<std::byte> tile(bytes);
  const uint64_t block = std::max(1U, format_of(format).block_bytes);
  const auto put = [&](uint64_t at, const auto& value) { std::memcpy(&tile[at], &value, sizeof value); };
  if (format == FormatId::f32) {
    for (uint64_t at = 0; at + 4 <= bytes; at += 4) put(at, random_float(random));
  } else if (format == FormatId::bf16) {
    for (uint64_t at = 0; at + 2 <= bytes; at += 2) {
      put(at, static_cast<uint16_t>(random_float(random) >> 16));
    }
  } else if (format == FormatId::f16) {
    for (uint64_t at = 0; at + 2 <= bytes; at += 2) {
      put(at, static_cast<uint16_t>(random_scale(random) | (random() & 1) << 15));
    }
  } else {
    for (uint64_t at = 0; at < bytes; ++at) tile[at] = static_cast<std::byte>(random());
    for (uint64_t at = 0; at < bytes; at += block) {
      for (const size_t offset : scale_offsets(format)) put(at + offset, random_scale(random));
    }
  }
  return tile;
}

struct Buffer {
  std::byte* data = nullptr;
  uint64_t bytes = 0;
  uint64_t last_used = 0;
};

}  // namespace

struct WeightPool::State {
  uint64_t working_set_bytes = 0;
  uint64_t budget_bytes = 0;
  uint64_t seed = 1;
  uint64_t clock = 0;
  uint64_t held_bytes = 0;
  std::map<FormatId, Buffer> buffers;

  void give_back(std::map<FormatId, Buffer>::iterator buffer) {
    munmap(buffer->second.data, buffer->second.bytes);
    held_bytes -= buffer->second.bytes;
    buffers.erase(buffer);
  }
};

WeightPool::WeightPool(uint64_t working_set_bytes, uint64_t budget_bytes, uint64_t seed)
    : state_(std::make_unique<State>()) {
  state_->working_set_bytes = std::min(working_set_bytes, budget_bytes);
  state_->budget_bytes = budget_bytes;
  state_->seed = seed;
}

WeightPool::~WeightPool() {
  while (!state_->buffers.empty()) state_->give_back(state_->buffers.begin());
}

uint64_t WeightPool::working_set_bytes() const {
  return state_->working_set_bytes;
}

tl::expected<std::span<const std::byte>, std::string> WeightPool::weights(FormatId format) {
  State& s = *state_;
  if (const auto found = s.buffers.find(format); found != s.buffers.end()) {
    found->second.last_used = ++s.clock;
    return std::span<const std::byte>(found->second.data, found->second.bytes);
  }
  // Whole blocks and whole 64-byte lines, so that the tile repeats on both.
  const uint64_t unit = uint64_t{64} * std::max(1U, format_of(format).block_bytes);
  const uint64_t bytes = s.working_set_bytes / unit * unit;
  if (s.working_set_bytes < least_bytes) {
    return tl::unexpected(fmt::format(
        "Weights need a working set of at least {} bytes, but {} bytes were asked within a budget "
        "of {} bytes: free memory or raise the limit.",
        least_bytes, s.working_set_bytes, s.budget_bytes));
  }
  while (s.held_bytes + bytes > s.budget_bytes) {
    s.give_back(std::min_element(s.buffers.begin(), s.buffers.end(), [](const auto& a, const auto& b) {
      return a.second.last_used < b.second.last_used;
    }));
  }
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return tl::unexpected(
        fmt::format("The system refused {} bytes for weights within a budget of {} bytes: "
                    "free memory or raise the limit.",
                    bytes, s.budget_bytes));
  }
  madvise(memory, bytes, MADV_HUGEPAGE);  // only advice: small pages serve as well, slower
  auto* data = static_cast<std::byte*>(memory);
  const auto tile = random_tile(format, std::min(bytes, tile_bytes_wanted / unit * unit), s.seed);
  for (uint64_t at = 0; at < bytes; at += tile.size()) {
    std::memcpy(data + at, tile.data(), std::min<uint64_t>(tile.size(), bytes - at));
  }
  mprotect(memory, bytes, PROT_READ);
  s.buffers[format] = {data, bytes, ++s.clock};
  s.held_bytes += bytes;
  return std::span<const std::byte>(data, bytes);
}

}  // namespace weighin
