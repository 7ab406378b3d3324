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
};

/// Large read-only buffers, one for each format and packing. The format's codec fills them with random valid
/// blocks, and they are kept for the whole run. A row may start at any block. All threads of the team that
/// asks first touch and fill the memory, so that on a machine of several memory nodes it lies on all of them.
class WeightPool {
 public:
  /// Each format gets `working_set_bytes` (at least 4 times the last-level cache where memory allows), and
  /// all formats together never more than `budget_bytes`: the buffer that was unused for longest is given
  /// back first.
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
  /// for.
  tl::expected<std::span<const std::byte>, std::string> last_used(FormatId format, ThreadPool& threads);

  uint64_t working_set_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weighin
