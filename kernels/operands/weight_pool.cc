#include "kernels/operands/weight_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/formats/codec.h"
#include "kernels/formats/random_blocks.h"
#include "kernels/system/page_memory.h"

namespace weighin {
namespace {

// A smaller buffer fits into a level-2 cache, and a rate at which it is read says nothing about memory.
constexpr uint64_t least_bytes = uint64_t{1} << 20;
// How many bytes are random before they repeat. Adversarial data is for small problems, and is made anew for
// each kernel.
constexpr uint64_t ordinary_tile_bytes = uint64_t{2} << 20, adversarial_tile_bytes = uint64_t{128} << 10;

// The size of a huge page. Threads fill whole ones.
constexpr uint64_t page_bytes = uint64_t{2} << 20;

/// Random blocks of `format`, as many whole ones as fit into `bytes`; `none`: random bytes.
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

/// `blocks` packed unit by unit as `packing` says.
std::vector<std::byte> packed_tile(FormatId format, const Packing& packing,
                                   const std::vector<std::byte>& blocks) {
  if (packing.rows == 0) return blocks;
  std::vector<std::byte> tile(blocks.size());
  const uint64_t unit = uint64_t{packing.rows} * format_of(format).block_bytes;
  for (uint64_t at = 0; at + unit <= tile.size(); at += unit) {
    pack_unit(format, packing, blocks.data() + at, tile.data() + at);
  }
  return tile;
}

struct Buffer {
  PageMemory memory;
  std::byte* data = nullptr;      // all of `memory`
  std::vector<std::byte> blocks;  // the plain blocks of which `memory` holds repeated copies
  uint64_t last_used = 0;
};

using Key = std::pair<FormatId, Packing>;

}  // namespace

struct WeightPool::State {
  uint64_t working_set_bytes = 0;
  uint64_t budget_bytes = 0;
  uint64_t seed = 1;
  Data data = Data::ordinary;
  uint64_t clock = 0;
  uint64_t held_bytes = 0;
  std::map<Key, Buffer> buffers;

  void give_back(std::map<Key, Buffer>::iterator buffer) {
    held_bytes -= buffer->second.memory.bytes();
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
  const auto plain = packed(format, Packing{}, threads);
  if (!plain) return tl::unexpected(plain.error());
  return plain->bytes;
}

tl::expected<std::span<const std::byte>, std::string> WeightPool::last_used(FormatId format,
                                                                            ThreadPool& threads) {
  const Buffer* last = nullptr;
  for (const auto& [key, buffer] : state_->buffers) {
    if (key.first == format && (last == nullptr || buffer.last_used > last->last_used)) last = &buffer;
  }
  if (last == nullptr) return weights(format, threads);
  return std::span<const std::byte>(last->data, last->memory.bytes());
}

tl::expected<Weights, std::string> WeightPool::packed(FormatId format, const Packing& packing,
                                                      ThreadPool& threads) {
  State& s = *state_;
  const auto given = [&](Buffer& buffer) {
    buffer.last_used = ++s.clock;
    return Weights{{buffer.data, buffer.memory.bytes()}, buffer.blocks};
  };
  const Key key{format, packing};
  if (const auto found = s.buffers.find(key); found != s.buffers.end()) return given(found->second);
  // A multiple of whole blocks and of 64-byte lines, so that the random blocks repeat on both. 64 blocks are
  // whole units of every packing.
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
  auto memory = PageMemory::of(bytes);
  if (!memory) {
    return tl::unexpected(
        fmt::format("The system refused {} bytes for weights within a budget of {} bytes: "
                    "free memory or raise the limit.",
                    bytes, s.budget_bytes));
  }
  std::byte* data = memory->take(bytes);
  const uint64_t wanted = s.data == Data::ordinary ? ordinary_tile_bytes : adversarial_tile_bytes;
  auto blocks = random_tile(format, std::min(bytes, wanted / unit * unit), s.seed, s.data);
  const auto tile = packed_tile(format, packing, blocks);
  threads.run([&](uint32_t rank) {
    const Slice mine = slice_of(bytes, rank, threads.threads(), page_bytes);
    for (uint64_t at = mine.first; at < mine.last;) {
      const uint64_t from = at % tile.size(), count = std::min(tile.size() - from, mine.last - at);
      std::memcpy(data + at, tile.data() + from, count);
      at += count;
    }
  });
  memory->make_read_only();
  s.held_bytes += bytes;
  return given(s.buffers[key] = {std::move(*memory), data, std::move(blocks), 0});
}

}  // namespace weighin
