#include "harness/engines/ggml/timed_graphs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/engines/ggml/check.h"
#include "kernels/operands/operands.h"

namespace weighin {
namespace {

constexpr uint32_t sampled_outputs = 64;
/// Matrix units of GPUs, and GPUs' products in general, round to halves and sum halves in part. Judgement: as
/// much as the GPU kernels of weighin itself are allowed with such units.
constexpr double gpu_tolerance = 0x1p-7;

tl::unexpected<std::string> no_memory() {
  return tl::unexpected(std::string("too little memory for its operands"));
}

std::vector<float> plain(const Floats& values) {
  return {values.begin(), values.end()};
}

}  // namespace

TimedGraphs::TimedGraphs(const GgmlBench& bench, size_t tensors, uint32_t graphs, uint32_t operations)
    : bench_(bench),
      ggml_(bench.side.ggml),
      scope_(ggml_, tensors, graphs, size_t{4} * operations + 16),
      graph_count_(graphs),
      operations_(operations) {}

tl::expected<std::unique_ptr<TimedGraphs>, std::string> TimedGraphs::make(const GgmlBench& bench,
                                                                          const Problem& problem,
                                                                          uint32_t graphs,
                                                                          uint32_t operations) {
  bench.activations.clear();
  bench.weights.walk_over(problem.op == Op::gemv ? uint64_t{problem.context} << 20 : 0);
  std::unique_ptr<TimedGraphs> made(
      new TimedGraphs(bench, size_t{8} * graphs * operations + 16, graphs, operations));
  const auto result = [&]() -> Made {
    switch (problem.op) {
      case Op::gemv:
      case Op::gemm:
        return made->products(problem);
      case Op::expert_products:
        return made->expert_products(problem);
      case Op::attention:
      case Op::prefill_attention:
        return made->attention(problem);
      case Op::embedding:
        return made->embedding(problem);
      case Op::cache_write:
        return made->cache_write(problem);
      case Op::dispatch:
      case Op::submit:
        return made->nodes();
      default:
        return made->rows(problem);
    }
  }();
  if (!result) return tl::unexpected(result.error());
  return made;
}

bool TimedGraphs::run(size_t graph) const {
  return ggml_.graph_compute(bench_.side.backend, graphs_[graph]) == 0;
}

TimedGraphs::Made TimedGraphs::fill_graphs(const std::function<GgmlTensor*(uint32_t)>& operation) {
  for (uint32_t graph = 0; graph < graph_count_; ++graph) {
    graphs_.push_back(ggml_.new_graph_custom(*scope_, size_t{4} * operations_ + 16, false));
    for (uint32_t i = 0; i < operations_; ++i) {
      GgmlTensor* result = operation(graph * operations_ + i);
      if (result == nullptr) return no_memory();
      if (graph == 0 && i == 0 && !ggml_.dev_supports_op(bench_.side.device, result))
        return tl::unexpected(fmt::format("llama.cpp has no kernel for it on {}", bench_.side.name));
      ggml_.build_forward_expand(graphs_.back(), result);
    }
  }
  return {};
}

bool TimedGraphs::place(GgmlTensor* tensor, void* piece) {
  if (piece == nullptr) piece = bench_.activations.take(ggml_.nbytes(tensor));
  if (piece == nullptr) return false;
  bench_.activations.place(tensor, piece);
  return true;
}

TimedGraphs::Made TimedGraphs::take_slots(uint64_t bytes) {
  for (void*& slot : slots_) {
    slot = bench_.activations.take(bytes);
    if (slot == nullptr) return no_memory();
  }
  return {};
}

template <class T>
GgmlTensor* TimedGraphs::input(GgmlTensor* tensor, const std::vector<T>& values) {
  if (!place(tensor)) return nullptr;
  ggml_.tensor_set(tensor, values.data(), 0, values.size() * sizeof(T));
  return tensor;
}
template GgmlTensor* TimedGraphs::input(GgmlTensor*, const std::vector<float>&);
template GgmlTensor* TimedGraphs::input(GgmlTensor*, const std::vector<int32_t>&);
template GgmlTensor* TimedGraphs::input(GgmlTensor*, const std::vector<int64_t>&);
template GgmlTensor* TimedGraphs::input(GgmlTensor*, const std::vector<uint16_t>&);

std::vector<float> TimedGraphs::results(const GgmlTensor* tensor, uint64_t count) const {
  std::vector<float> values(count);
  ggml_.tensor_get(tensor, values.data(), 0, count * sizeof(float));
  return values;
}

TimedGraphs::Made TimedGraphs::products(const Problem& p) {
  const auto layout = bench_.weights.layout_of(p.format, p.k, p.m, p.n);
  if (!layout) return tl::unexpected(layout.error());
  if (auto filled = bench_.weights.fill(p.format, *layout); !filled) return filled;
  layout_ = ggml_.buft_name(*layout);
  const uint64_t bytes = row_bytes(p.format, p.k) * p.m;
  const std::vector<float> x = plain(activations(uint64_t{p.n} * p.k, Data::ordinary, bench_.seed));
  GgmlTensor* of = input(ggml_.new_tensor_2d(*scope_, ggml_f32, p.k, p.n), x);
  if (of == nullptr) return no_memory();
  if (auto taken = take_slots(p.m * p.n * sizeof(float)); !taken) return taken;
  const std::vector<std::byte> blocks = random_weights(p.format, bytes, bench_.seed + 1);
  GgmlTensor* first = nullptr;
  auto made = fill_graphs([&](uint32_t i) {
    GgmlTensor* w = ggml_.new_tensor_2d(*scope_, static_cast<int>(format_of(p.format).gguf_type), p.k,
                                        static_cast<int64_t>(p.m));
    if (!bench_.weights.place_next(w, bytes)) return static_cast<GgmlTensor*>(nullptr);
    if (i == 0) ggml_.tensor_set(w, blocks.data(), 0, bytes);
    GgmlTensor* product = ggml_.mul_mat(*scope_, w, of);
    // The checked result is not written over.
    if (i == 0) first = product;
    if (!place(product, i == 0 ? nullptr : slot(i))) return static_cast<GgmlTensor*>(nullptr);
    return product;
  });
  if (!made) return made;
  check_ = [this, p, first, blocks, x] {
    Check check = check_theirs(p, blocks, x, results(first, p.m * p.n), sampled_outputs);
    if (!bench_.side.cpu) check.tolerance = std::max(check.tolerance, gpu_tolerance);
    return check;
  };
  return {};
}

TimedGraphs::Made TimedGraphs::expert_products(const Problem& p) {
  const auto layout = bench_.weights.layout_of(p.format, p.k, p.m, p.n);
  if (!layout) return tl::unexpected(layout.error());
  if (auto filled = bench_.weights.fill(p.format, *layout); !filled) return filled;
  layout_ = ggml_.buft_name(*layout);
  const uint32_t experts = p.heads, used = p.kv_heads;
  const uint64_t bytes = row_bytes(p.format, p.k) * p.m * experts;
  const std::vector<float> x = plain(activations(uint64_t{p.n} * p.k, Data::ordinary, bench_.seed));
  GgmlTensor* of = input(ggml_.new_tensor_3d(*scope_, ggml_f32, p.k, 1, p.n), x);
  if (of == nullptr) return no_memory();
  if (auto taken = take_slots(p.m * p.n * used * sizeof(float)); !taken) return taken;
  // Each token takes other experts, each expert at most once.
  Random random(bench_.seed);
  std::vector<int32_t> all(experts), chosen;
  for (uint32_t e = 0; e < experts; ++e) all[e] = static_cast<int32_t>(e);
  for (uint32_t token = 0; token < p.n; ++token) {
    std::shuffle(all.begin(), all.end(), random);
    chosen.insert(chosen.end(), all.begin(), all.begin() + used);
  }
  GgmlTensor* ids = input(ggml_.new_tensor_2d(*scope_, ggml_i32, used, p.n), chosen);
  if (ids == nullptr) return no_memory();
  const uint64_t matrix = bytes / experts;
  std::vector<std::byte> blocks = random_weights(p.format, matrix, bench_.seed + 1);
  std::vector<std::byte> repeated(bytes);
  for (uint32_t e = 0; e < experts; ++e)
    std::copy(blocks.begin(), blocks.end(), repeated.begin() + static_cast<ptrdiff_t>(e * matrix));
  GgmlTensor* first = nullptr;
  auto made = fill_graphs([&](uint32_t i) {
    GgmlTensor* w = ggml_.new_tensor_3d(*scope_, static_cast<int>(format_of(p.format).gguf_type), p.k,
                                        static_cast<int64_t>(p.m), experts);
    if (!bench_.weights.place_next(w, bytes)) return static_cast<GgmlTensor*>(nullptr);
    if (i == 0) ggml_.tensor_set(w, repeated.data(), 0, bytes);
    GgmlTensor* product = ggml_.mul_mat_id(*scope_, w, of, ids);
    if (i == 0) first = product;
    if (!place(product, i == 0 ? nullptr : slot(i))) return static_cast<GgmlTensor*>(nullptr);
    return product;
  });
  if (!made) return made;
  // All experts hold the same matrix, and so every one of a token's results is that of a plain product.
  check_ = [this, p, used, first, blocks = std::move(blocks), x] {
    const std::vector<float> found = results(first, p.m * p.n * used);
    std::vector<float> of_one;
    for (uint32_t token = 0; token < p.n; ++token) {
      const auto begin =
          found.begin() + static_cast<ptrdiff_t>((uint64_t{token} * used + token % used) * p.m);
      of_one.insert(of_one.end(), begin, begin + static_cast<ptrdiff_t>(p.m));
    }
    Check check = check_theirs(p, blocks, x, of_one, sampled_outputs);
    if (!bench_.side.cpu) check.tolerance = std::max(check.tolerance, gpu_tolerance);
    return check;
  };
  return {};
}

TimedGraphs::Made TimedGraphs::nodes() {
  constexpr int64_t values = 64;
  GgmlTensor* a = input(ggml_.new_tensor_1d(*scope_, ggml_f32, values), std::vector<float>(values, 1));
  if (a == nullptr) return no_memory();
  if (auto taken = take_slots(values * sizeof(float)); !taken) return taken;
  return fill_graphs([&](uint32_t i) {
    GgmlTensor* sum = ggml_.add(*scope_, a, a);
    return place(sum, slot(i)) ? sum : nullptr;
  });
}

}  // namespace weighin
