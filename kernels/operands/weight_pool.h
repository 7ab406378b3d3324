// The weights that kernels read: valid random blocks of every format, of more bytes than the caches hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "kernels/formats/data.h"
#include "kernels/formats/packing.h"
#include "kernels/threads/thread_pool.h"
#include "models/format/format.h"

namespace weighin {

/// Weights as they lie in memory, and the blocks that they were made from.
struct Weights {
  std::span<const std::byte> bytes;   // a whole working set, 64-byte aligned
  std::span<const std::byte> blocks;  // plain blocks; packed unit after unit and repeated, they are `bytes`
  /// Where in `bytes` the next run reads. All that read a buffer share it: a product, the bound that is timed
  /// in turn with it, and the product after it. If each started at the buffer's start, it would find in a
  /// large cache what the one before it has read.
  uint64_t* next = nullptr;

  /// The first byte of the next `bytes_read` bytes, at a multiple of `grain` bytes, and moves on behind them;
  /// at the end of the buffer it begins again. `bytes_read` is at most the size of the buffer.
  uint64_t take(uint64_t bytes_read, uint64_t grain) const noexcept {
    const uint64_t place = (*next + grain - 1) / grain * grain;
    const uint64_t first = place + bytes_read > bytes.size() ? 0 : place;
    *next = first + bytes_read;
    return first;
  }
};

/// Large read-only buffers of weights, each for one format and packing at a time. The format's codec fills
/// them with random valid blocks. A row may start at any block. Memory is touched once, by all threads of the
/// team that asks first, so that on a machine of several memory nodes it lies on all of them; when another
/// format takes the place of one, its blocks are written over the same pages. What was just filled lies in
/// memory and in no cache (copy_past_caches).
class WeightPool {
 public:
  /// Each buffer has `working_set_bytes`, and all together never more than `budget_bytes`: where no further
  /// buffer fits, the one that was unused for longest is written over.
  WeightPool(uint64_t working_set_bytes, uint64_t budget_bytes, uint64_t seed = 1,
             Data data = Data::ordinary);
  ~WeightPool();
  WeightPool(const WeightPool&) = delete;
  WeightPool& operator=(const WeightPool&) = delete;

  /// The buffer of `format` (`none`: random bytes), 64-byte aligned, with a whole number of blocks. Error:
  /// how much was asked for, and what the budget is.
  tl::expected<std::span<const std::byte>, std::string> weights(FormatId format, ThreadPool& threads);

  /// The same, laid out as `packing` says.
  tl::expected<Weights, std::string> packed(FormatId format, const Packing& packing, ThreadPool& threads);

  /// The buffer of `format` that was asked for last, however it is packed; a plain one where none was asked
  /// for. `none`: the buffer that was asked for last, whatever it holds.
  tl::expected<Weights, std::string> last_used(FormatId format, ThreadPool& threads);

  uint64_t working_set_bytes() const;

  /// From now on buffers have this many bytes, at most as many as the constructor was given. What was handed
  /// out before is no longer valid. Memory that was touched is kept.
  void set_working_set(uint64_t bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weighin
