#include "models/llamacpp/allocate.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace weighin::llamacpp {
namespace {

/// The free blocks of one buffer, by offset. The last block has no end.
class Blocks {
 public:
  uint64_t take(uint64_t bytes) {
    auto best = free_.end();
    const auto last = std::prev(free_.end());
    for (auto block = free_.begin(); block != last; ++block) {
      if (block->second >= bytes && (best == free_.end() || block->second <= best->second)) best = block;
    }
    if (best == free_.end()) best = last;
    const uint64_t offset = best->first, left = best->second - bytes;
    free_.erase(best);
    if (left > 0) free_.emplace(offset + bytes, left);
    peak_ = std::max(peak_, offset + bytes);
    return offset;
  }
  void give(uint64_t offset, uint64_t bytes) {
    if (bytes == 0) return;
    auto next = free_.lower_bound(offset);
    if (next != free_.begin()) {
      const auto before = std::prev(next);
      if (before->first + before->second == offset) {
        offset = before->first;
        bytes += before->second;
        free_.erase(before);
      }
    }
    if (next != free_.end() && offset + bytes == next->first) {
      bytes += next->second;
      free_.erase(next);
    }
    free_.emplace(offset, bytes);
  }
  uint64_t peak() const { return peak_; }

 private:
  std::map<uint64_t, uint64_t> free_{{0, UINT64_MAX / 2}};
  uint64_t peak_ = 0;
};

/// Where a tensor lies, and how many nodes still need it.
struct Place {
  uint64_t offset = 0;
  int readers = 0;
  int views = 0;
  bool allotted = false;
};

class Allocator {
 public:
  Allocator(const Graph& graph, uint64_t alignment)
      : graph_(graph), alignment_(alignment), places_(graph.nodes().size()) {}

  Allocation run() {
    for (const int leaf : graph_.leaves()) allot(leaf);
    for (const int id : graph_.order()) {
      if (node(id).view_of >= 0) ++place(node(id).view_of).views;
      for (const int source : node(id).sources) ++place(source).readers;
    }
    for (const int id : graph_.order()) {
      for (const int source : node(id).sources) allot(source);
      allot(id);
      for (const int source : node(id).sources) release(source);
    }
    return {.bytes = blocks_.peak(), .touched_bytes = touched(), .largest_bytes = largest_};
  }

 private:
  const Node& node(int id) const { return graph_.nodes()[static_cast<size_t>(id)]; }
  Place& place(int id) { return places_[static_cast<size_t>(id)]; }
  uint64_t aligned(uint64_t bytes) const { return (bytes + alignment_ - 1) / alignment_ * alignment_; }

  void allot(int id) {
    const Node& here = node(id);
    if (place(id).allotted || seen_[id] || !here.own || here.view_of >= 0) return;
    seen_[id] = true;
    place(id).allotted = true;
    if (!(here.in_place && take_over(id))) place(id).offset = blocks_.take(aligned(here.bytes));
    if (here.used_bytes) ranges_.emplace_back(place(id).offset, place(id).offset + here.used_bytes);
    largest_ = std::max(largest_, here.bytes);
  }

  /// Places a node over a source of the same size that nothing else reads. ggml demands the same layout; in
  /// the graphs made here sources of the same size have it. The bytes of a view are not taken over, as the
  /// engine's own layouts show.
  bool take_over(int id) {
    for (const int source : node(id).sources) {
      const Node& other = node(source);
      const bool last_reader = place(source).readers == 1 && place(source).views == 0;
      if (!place(source).allotted || other.output || !last_reader || other.bytes != node(id).bytes) continue;
      place(id).offset = place(source).offset;
      place(source).allotted = false;
      return true;
    }
    return false;
  }

  void release(int id) {
    if (--place(id).readers > 0 || place(id).views > 0) return;
    const int owner = node(id).view_of;
    if (owner < 0) {
      free(id);
    } else if (--place(owner).views == 0 && place(owner).readers == 0) {
      free(owner);
    }
  }

  void free(int id) {
    if (!place(id).allotted || node(id).output) return;
    blocks_.give(place(id).offset, aligned(node(id).bytes));
    place(id).allotted = false;
  }

  /// Bytes that at least one used tensor covers.
  uint64_t touched() {
    std::sort(ranges_.begin(), ranges_.end());
    uint64_t sum = 0, end = 0;
    for (const auto& [from, to] : ranges_) {
      if (to <= end) continue;
      sum += to - std::max(from, end);
      end = to;
    }
    return sum;
  }

  const Graph& graph_;
  uint64_t alignment_;
  std::vector<Place> places_;
  std::map<int, bool> seen_;
  Blocks blocks_;
  std::vector<std::pair<uint64_t, uint64_t>> ranges_;
  uint64_t largest_ = 0;
};

}  // namespace

Allocation allocate(const Graph& graph, uint64_t alignment) {
  return Allocator(graph, alignment).run();
}

}  // namespace weighin::llamacpp
