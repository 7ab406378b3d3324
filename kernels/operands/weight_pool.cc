#include "kernels/operands/weight_pool.h"

#include <fmt/format.h>

#include <algorithm>
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

using Key = std::pair<FormatId, Packing>;

struct Buffer {
  PageMemory memory;              // as many bytes as the working set may grow to
  std::byte* data = nullptr;      // all of `memory`
  Key key;                        // what it holds
  uint64_t bytes = 0;             // how much of that; 0: nothing
  std::vector<std::byte> blocks;  // the plain blocks of which `memory` holds repeated copies
  uint64_t last_used = 0;
  uint64_t next = 0;  // Weights::next
};

}  // namespace

struct WeightPool::State {
  uint64_t most_bytes = 0;  // that the working set may grow to
  uint64_t working_set_bytes = 0;
  uint64_t budget_bytes = 0;
  uint64_t seed = 1;
  Data data = Data::ordinary;
  uint64_t clock = 0;
  std::vector<std::unique_ptr<Buffer>> buffers;

  /// A buffer that may be written: a new one where the budget and the system allow it, else the one that was
  /// unused for longest. nullptr: there is neither.
  Buffer* buffer_to_fill() {
    if ((buffers.size() + 1) * working_set_bytes <= budget_bytes) {
      if (auto memory = PageMemory::of(most_bytes)) {
        auto buffer = std::make_unique<Buffer>();
        buffer->memory = std::move(*memory);
        buffer->data = buffer->memory.take(most_bytes);
        buffers.push_back(std::move(buffer));
        return buffers.back().get();
      }
    }
    if (buffers.empty()) return nullptr;
    Buffer* oldest = std::min_element(buffers.begin(), buffers.end(), [](const auto& a, const auto& b) {
                       return a->last_used < b->last_used;
                     })->get();
    oldest->memory.make_writable();
    return oldest;
  }

  Weights given(Buffer& buffer) {
    buffer.last_used = ++clock;
    return Weights{{buffer.data, buffer.bytes}, buffer.blocks, &buffer.next};
  }
};

WeightPool::WeightPool(uint64_t working_set_bytes, uint64_t budget_bytes, uint64_t seed, Data data)
    : state_(std::make_unique<State>()) {
  state_->most_bytes = state_->working_set_bytes = std::min(working_set_bytes, budget_bytes);
  state_->budget_bytes = budget_bytes;
  state_->seed = seed;
  state_->data = data;
}

WeightPool::~WeightPool() = default;

uint64_t WeightPool::working_set_bytes() const {
  return state_->working_set_bytes;
}

void WeightPool::set_working_set(uint64_t bytes) {
  state_->working_set_bytes = std::min(bytes, state_->most_bytes);
  for (const auto& buffer : state_->buffers) buffer->bytes = 0;
}

tl::expected<std::span<const std::byte>, std::string> WeightPool::weights(FormatId format,
                                                                          ThreadPool& threads) {
  const auto plain = packed(format, Packing{}, threads);
  if (!plain) return tl::unexpected(plain.error());
  return plain->bytes;
}

tl::expected<Weights, std::string> WeightPool::last_used(FormatId format, ThreadPool& threads) {
  Buffer* last = nullptr;
  for (const auto& buffer : state_->buffers) {
    const bool fits = buffer->bytes > 0 && (format == FormatId::none || buffer->key.first == format);
    if (fits && (last == nullptr || buffer->last_used > last->last_used)) last = buffer.get();
  }
  return last == nullptr ? packed(format, Packing{}, threads) : state_->given(*last);
}

tl::expected<Weights, std::string> WeightPool::packed(FormatId format, const Packing& packing,
                                                      ThreadPool& threads) {
  State& s = *state_;
  const Key key{format, packing};
  for (const auto& buffer : s.buffers)
    if (buffer->bytes > 0 && buffer->key == key) return s.given(*buffer);
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
  Buffer* buffer = s.buffer_to_fill();
  if (buffer == nullptr) {
    return tl::unexpected(
        fmt::format("The system refused {} bytes for weights within a budget of {} bytes: "
                    "free memory or raise the limit.",
                    bytes, s.budget_bytes));
  }
  buffer->bytes = 0;
  const uint64_t wanted = s.data == Data::ordinary ? ordinary_tile_bytes : adversarial_tile_bytes;
  buffer->blocks = random_tile(format, std::min(bytes, wanted / unit * unit), s.seed, s.data);
  const auto tile = packed_tile(format, packing, buffer->blocks);
  threads.run([&](uint32_t rank) {
    const Slice mine = slice_of(bytes, rank, threads.threads(), page_bytes);
    for (uint64_t at = mine.first; at < mine.last;) {
      const uint64_t from = at % tile.size(), count = std::min(tile.size() - from, mine.last - at);
      copy_past_caches(buffer->data + at, tile.data() + from, count);
      at += count;
    }
  });
  buffer->memory.make_read_only();
  buffer->key = key;
  buffer->bytes = bytes;
  return s.given(*buffer);
}

}  // namespace weighin
