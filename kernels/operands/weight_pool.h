// The weights kernels read: valid random blocks of every format, more than the caches hold.
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

/// Weights as they lie in memory, and what they are made of.
struct Weights {
  std::span<const std::byte> bytes;   // a whole working set, 64-byte aligned
  std::span<const std::byte> blocks;  // plain blocks: packed unit after unit and repeated they are `bytes`
};

/// Large read-only buffers, one a format and packing, filled by the format's codec with random valid blocks
/// and kept for the whole run. A row may start at any block. Memory is first touched and filled by all
/// threads of the team that asks first, so that on a machine of several memory nodes it lies on all of them.
class WeightPool {
 public:
  /// `working_set_bytes` a format (at least 4x the last-level cache where memory allows), never more than
  /// `budget_bytes` over all formats: the longest unused buffer is given back first.
  WeightPool(uint64_t working_set_bytes, uint64_t budget_bytes, uint64_t seed = 1,
             Data data = Data::ordinary);
  ~WeightPool();
  WeightPool(const WeightPool&) = delete;
  WeightPool& operator=(const WeightPool&) = delete;

  /// The buffer of `format` (or `none`: random bytes), 64-byte aligned, a whole number of blocks.
  /// Error: how much was asked, what the budget is.
  tl::expected<std::span<const std::byte>, std::string> weights(FormatId format, ThreadPool& threads);

  /// Likewise, laid out as `packing` says.
  tl::expected<Weights, std::string> packed(FormatId format, const Packing& packing, ThreadPool& threads);

  /// The buffer of `format` that was asked for last, however it is packed; a plain one where there is none.
  tl::expected<std::span<const std::byte>, std::string> last_used(FormatId format, ThreadPool& threads);

  uint64_t working_set_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weighin
