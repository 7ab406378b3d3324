// A device of llama.cpp's library, as its kernels are measured on it: the memory that its graphs compute in,
// and weights that are larger than its caches.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/ggml/library.h"
#include "models/format/format.h"

namespace weighin {

/// A device of the library, with a backend that computes on it.
struct GgmlSide {
  const Ggml& ggml;
  GgmlDevice* device = nullptr;
  GgmlBackend* backend = nullptr;
  bool cpu = true;
  std::string name;  // "CPU", "Vulkan0"
  /// The buffer types of weights, in the order in which llama.cpp tries them: it takes the first one whose
  /// layout the device can multiply with.
  std::vector<GgmlBufferType*> layouts;
};

/// The CPU's side, and one for each GPU that the libraries bring a backend for.
std::vector<GgmlSide> sides_of(const Ggml& ggml);

/// The context of a library's tensors and graphs, freed with this object.
class GgmlScope {
 public:
  /// For so many tensors and one graph of so many nodes.
  GgmlScope(const Ggml& ggml, size_t tensors, size_t graphs, size_t nodes);
  ~GgmlScope();
  GgmlScope(const GgmlScope&) = delete;
  GgmlScope& operator=(const GgmlScope&) = delete;
  GgmlContext* operator*() const { return context_; }

 private:
  const Ggml& ggml_;
  GgmlContext* context_;
};

/// Memory for activations and results. llama.cpp's allocator gives the bytes of a result that is no longer
/// needed to the next ones, so a graph computes within a few pieces of memory again and again; whoever makes
/// a graph here places its tensors so.
class ActivationMemory {
 public:
  ActivationMemory(const GgmlSide& side, uint64_t bytes);
  ~ActivationMemory();
  ActivationMemory(const ActivationMemory&) = delete;
  ActivationMemory& operator=(const ActivationMemory&) = delete;

  bool ready() const { return buffer_ != nullptr; }
  /// Gives all pieces back.
  void clear() { used_ = 0; }
  /// A piece of memory for tensors; nullptr where too little is left.
  void* take(uint64_t bytes);
  void place(GgmlTensor* tensor, void* piece) const { side_.ggml.tensor_alloc(buffer_, tensor, piece); }

 private:
  const GgmlSide& side_;
  GgmlBuffer* buffer_;
  uint64_t bytes_, used_ = 0;
};

/// Weights in one format and layout at a time, as large as the working set. Problems take tensors of them in
/// turn, so that what a tensor holds was last read a whole working set ago.
class LargeWeights {
 public:
  LargeWeights(const GgmlSide& side, uint64_t bytes);
  ~LargeWeights();
  LargeWeights(const LargeWeights&) = delete;
  LargeWeights& operator=(const LargeWeights&) = delete;

  uint64_t bytes() const { return bytes_; }
  /// The first of the side's layouts whose weights [m][k] of `format` the device multiplies with `n` tokens.
  /// Error: there is none.
  tl::expected<GgmlBufferType*, std::string> layout_of(FormatId format, uint32_t k, uint64_t m, uint32_t n);
  /// Fills the memory of `layout` with random blocks of `format`, unless it holds such blocks.
  tl::expected<void, std::string> fill(FormatId format, GgmlBufferType* layout);
  /// Begins again with the first bytes.
  void restart() { restart_ = true; }
  /// Takes tensors from the first `bytes` alone, until it is called again; 0: from all.
  void walk_over(uint64_t bytes);
  /// Gives `tensor`, of `bytes` bytes and of the format and layout that fill() was called with last, the
  /// next bytes. false: all bytes together are fewer.
  bool place_next(GgmlTensor* tensor, uint64_t bytes);

 private:
  struct Region {
    GgmlBuffer* buffer = nullptr;
    std::byte* base = nullptr;
    std::byte* mapped = nullptr;  // of our own memory: what is to be unmapped
    uint64_t bytes = 0;
    FormatId format = FormatId::none;
    uint64_t usable = 0;  // bytes that hold whole blocks
    uint64_t next = 0;
  };
  tl::expected<Region*, std::string> region_of(GgmlBufferType* layout);

  const GgmlSide& side_;
  uint64_t bytes_, walked_ = 0;
  bool restart_ = false;
  std::map<GgmlBufferType*, Region> regions_;
  Region* current_ = nullptr;
  uint64_t step_ = 1;  // tensors begin at multiples of this: whole interleaved blocks on aligned addresses
};

/// Random valid blocks of `format`, the same for the same seed.
std::vector<std::byte> random_weights(FormatId format, uint64_t bytes, uint64_t seed);

}  // namespace weighin
