#include "kernels/weight_pool.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/formats/codec.h"
#include "kernels/formats/random_blocks.h"

namespace weighin {
namespace {

// Below this a buffer sits in any level-2 cache and a rate read from it says nothing about memory.
constexpr uint64_t least_bytes = uint64_t{1} << 20;
// What is random before it repeats. Adversarial data is for small problems, made anew for each kernel.
constexpr uint64_t ordinary_tile_bytes = uint64_t{2} << 20, adversarial_tile_bytes = uint64_t{128} << 10;

// A huge page: threads fill whole ones.
constexpr uint64_t page_bytes = uint64_t{2} << 20;

/// Random blocks of `format`, whole ones; `none`: bytes.
std::vector<std::byte> random_tile(FormatId format, uint64_t bytes, uint64_t seed, Data data) {
  Random random(seed * 1000003 + static_cast<uint64_t>(format));
  std::vector<std::byte> tile(bytes);
  if (format == FormatId::none) {
    random_bytes(tile.data(), bytes, random);
  } else {
    codec_of(format).fill(tile.data(), bytes / format_of(format).block_bytes, data, random);
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
  Data data = Data::ordinary;
  uint64_t clock = 0;
  uint64_t held_bytes = 0;
  std::map<FormatId, Buffer> buffers;

  void give_back(std::map<FormatId, Buffer>::iterator buffer) {
    munmap(buffer->second.data, buffer->second.bytes);
    held_bytes -= buffer->second.bytes;
    buffers.erase(buffer);
  }
};

WeightPool::WeightPool(uint64_t working_set_bytes, uint64_t budget_bytes, uint64_t seed, Data data)
    : state_(std::make_unique<State>()) {
  state_->working_set_bytes = std::min(working_set_bytes, budget_bytes);
  state_->budget_bytes = budget_bytes;
  state_->seed = seed;
  state_->data = data;
}

WeightPool::~WeightPool() {
  while (!state_->buffers.empty()) state_->give_back(state_->buffers.begin());
}

uint64_t WeightPool::working_set_bytes() const {
  return state_->working_set_bytes;
}

tl::expected<std::span<const std::byte>, std::string> WeightPool::weights(FormatId format,
                                                                          ThreadPool& threads) {
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
  const uint64_t wanted = s.data == Data::ordinary ? ordinary_tile_bytes : adversarial_tile_bytes;
  const auto tile = random_tile(format, std::min(bytes, wanted / unit * unit), s.seed, s.data);
  threads.run([&](uint32_t rank) {
    const Slice mine = slice_of(bytes, rank, threads.threads(), page_bytes);
    for (uint64_t at = mine.first; at < mine.last;) {
      const uint64_t from = at % tile.size(), count = std::min(tile.size() - from, mine.last - at);
      std::memcpy(data + at, tile.data() + from, count);
      at += count;
    }
  });
  mprotect(memory, bytes, PROT_READ);
  s.buffers[format] = {data, bytes, ++s.clock};
  s.held_bytes += bytes;
  return std::span<const std::byte>(data, bytes);
}

}  // namespace weighin
