#include "harness/engines/ggml/operation_graphs.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>

#include <chrono>
#include <cmath>

namespace weighin {
namespace {

constexpr int type_f32 = 0, type_f16 = 1;

/// Asks for huge pages. The advice works only before the memory is touched, and must start at a page.
void advise_huge_pages(void* memory, size_t bytes) {
  constexpr uintptr_t page = 4096;
  const uintptr_t first = (reinterpret_cast<uintptr_t>(memory) + page - 1) / page * page;
  const uintptr_t last = reinterpret_cast<uintptr_t>(memory) + bytes;
  if (last > first)
    madvise(static_cast<std::byte*>(memory) + (first - reinterpret_cast<uintptr_t>(memory)), last - first,
            MADV_HUGEPAGE);
}

tl::unexpected<std::string> refused(const char* what) {
  return tl::unexpected(fmt::format("llama.cpp's library refused memory for {}", what));
}

}  // namespace

TheirThreads::TheirThreads(const Ggml& ggml, ThreadPool& beside) : ggml_(ggml) {
  // Threads inherit the processors of the thread that starts them. So this thread takes the processors of the
  // team's other threads for a moment, and then its own again.
  cpu_set_t own, others;
  CPU_ZERO(&others);
  std::vector<cpu_set_t> of_rank(beside.threads());
  beside.run([&](uint32_t rank) { sched_getaffinity(0, sizeof of_rank[rank], &of_rank[rank]); });
  sched_getaffinity(0, sizeof own, &own);
  for (uint32_t rank = 1; rank < beside.threads(); ++rank) CPU_OR(&others, &others, &of_rank[rank]);
  if (CPU_COUNT(&others) > 0) sched_setaffinity(0, sizeof others, &others);
  GgmlTeamParameters parameters = ggml.threadpool_params_default(static_cast<int>(beside.threads()));
  pool_ = ggml.threadpool_new(&parameters);
  sched_setaffinity(0, sizeof own, &own);
  ggml.set_n_threads(ggml.backend, static_cast<int>(beside.threads()));
  ggml.set_threadpool(ggml.backend, pool_);
  rest();
}

TheirThreads::~TheirThreads() {
  ggml_.threadpool_resume(pool_);
  ggml_.set_threadpool(ggml_.backend, nullptr);
  ggml_.threadpool_free(pool_);
}

void TheirThreads::wake() {
  ggml_.threadpool_resume(pool_);
  // Several times as long as a thread takes to wake (50 us), and longer than threads of ThreadPool spin
  // before they sleep.
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(300);
  while (std::chrono::steady_clock::now() < until) {
  }
}

void TheirThreads::rest() {
  ggml_.threadpool_pause(pool_);
}

TheirGraphs::TheirGraphs(const Ggml& ggml, size_t tensors, size_t graphs) : ggml_(ggml) {
  const GgmlInit init{(tensors + 1) * ggml.tensor_overhead() + graphs * ggml.graph_overhead(), nullptr, true};
  weight_context_ = ggml.init(init);
  context_ = ggml.init(init);
}

TheirGraphs::~TheirGraphs() {
  if (buffer_ != nullptr) ggml_.buffer_free(buffer_);
  if (weight_buffer_ != nullptr) ggml_.buffer_free(weight_buffer_);
  ggml_.free(context_);
  ggml_.free(weight_context_);
}

tl::expected<void, std::string> TheirGraphs::finish(const std::vector<GgmlTensor*>& outputs,
                                                    uint32_t operations) {
  operations_ = std::max(1U, operations);
  first_ = outputs.front();
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (i % operations_ == 0) graphs_.push_back(ggml_.new_graph(context_));
    ggml_.build_forward_expand(graphs_.back(), outputs[i]);
  }
  buffer_ = ggml_.alloc_ctx_tensors_from_buft(context_, ggml_.dev_buffer_type(ggml_.device));
  if (buffer_ == nullptr) return refused("activations");
  advise_huge_pages(ggml_.buffer_get_base(buffer_), ggml_.buffer_get_size(buffer_));
  return {};
}

tl::expected<std::unique_ptr<TheirGraphs>, std::string> TheirGraphs::products(
    const Ggml& ggml, const Problem& problem, std::span<const std::byte> weights, uint32_t matrices,
    const float* x, GgmlBufferType* layout) {
  const uint64_t matrix_bytes = row_bytes(problem.format, problem.k) * problem.m;
  const auto k = static_cast<int64_t>(problem.k), m = static_cast<int64_t>(problem.m);
  const bool decode = problem.op == Op::gemv;
  std::unique_ptr<TheirGraphs> made(new TheirGraphs(ggml, 2 * size_t{matrices}, decode ? 1 : matrices));
  std::vector<GgmlTensor*> tensors(matrices), outputs(matrices);
  for (GgmlTensor*& tensor : tensors) {
    tensor = ggml.new_tensor_2d(made->weight_context_, static_cast<int>(format_of(problem.format).gguf_type),
                                k, m);
  }
  if (layout != nullptr) {
    made->weight_buffer_ = ggml.alloc_ctx_tensors_from_buft(made->weight_context_, layout);
    if (made->weight_buffer_ == nullptr) return refused("repacked weights");
    advise_huge_pages(ggml.buffer_get_base(made->weight_buffer_), ggml.buffer_get_size(made->weight_buffer_));
  } else {
    // Read only, though the library's interface does not say so.
    auto* data = const_cast<std::byte*>(weights.data());
    made->weight_buffer_ = ggml.cpu_buffer_from_ptr(data, weights.size());
    for (uint32_t i = 0; i < matrices; ++i)
      ggml.tensor_alloc(made->weight_buffer_, tensors[i], data + i * matrix_bytes);
  }
  GgmlTensor* input = ggml.new_tensor_2d(made->context_, type_f32, k, problem.n);
  for (uint32_t i = 0; i < matrices; ++i) outputs[i] = ggml.mul_mat(made->context_, tensors[i], input);
  if (!ggml.dev_supports_op(ggml.device, outputs.front()))
    return tl::unexpected(fmt::format("llama.cpp has no kernel for {}", describe(problem)));
  if (const auto finished = made->finish(outputs, decode ? matrices : 1); !finished)
    return tl::unexpected(finished.error());
  if (layout != nullptr) {
    for (uint32_t i = 0; i < matrices; ++i)
      ggml.tensor_set(tensors[i], weights.data() + i * matrix_bytes, 0, matrix_bytes);
  }
  ggml.tensor_set(input, x, 0, sizeof(float) * problem.n * problem.k);
  return made;
}

tl::expected<std::unique_ptr<TheirGraphs>, std::string> TheirGraphs::attention(
    const Ggml& ggml, const Problem& problem, std::span<const std::byte> weights, uint32_t caches,
    const float* q) {
  const int64_t k = problem.k, context = problem.context, kv_heads = problem.kv_heads;
  const size_t row = sizeof(uint16_t) * problem.k, slab = row * problem.context;
  const size_t cache = 2 * slab * problem.kv_heads;
  std::unique_ptr<TheirGraphs> made(new TheirGraphs(ggml, 4 * size_t{caches}, 1));
  auto* data = const_cast<std::byte*>(weights.data());
  made->weight_buffer_ = ggml.cpu_buffer_from_ptr(data, weights.size());
  GgmlTensor* all = ggml.new_tensor_1d(made->weight_context_, type_f16,
                                       static_cast<int64_t>(cache * caches / sizeof(uint16_t)));
  ggml.tensor_alloc(made->weight_buffer_, all, data);
  GgmlTensor* query = ggml.new_tensor_3d(made->context_, type_f32, k, 1, problem.heads);
  std::vector<GgmlTensor*> outputs(caches);
  for (uint32_t i = 0; i < caches; ++i) {
    const auto view = [&](size_t offset) {
      return ggml.view_3d(made->context_, all, k, context, kv_heads, row, 2 * slab, i * cache + offset);
    };
    outputs[i] = ggml.flash_attn_ext(made->context_, query, view(0), view(slab), nullptr,
                                     1 / std::sqrt(static_cast<float>(k)), 0, 0);
  }
  if (!ggml.dev_supports_op(ggml.device, outputs.front()))
    return tl::unexpected(fmt::format("llama.cpp has no kernel for {}", describe(problem)));
  if (const auto finished = made->finish(outputs, caches); !finished) return tl::unexpected(finished.error());
  ggml.tensor_set(query, q, 0, sizeof(float) * problem.heads * problem.k);
  return made;
}

void TheirGraphs::run() {
  ggml_.graph_compute(ggml_.backend, graphs_[next_]);
  next_ = (next_ + 1) % graphs_.size();
}

std::vector<float> TheirGraphs::results(size_t count) const {
  std::vector<float> values(count);
  ggml_.tensor_get(first_, values.data(), 0, count * sizeof(float));
  return values;
}

}  // namespace weighin
