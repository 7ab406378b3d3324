#include "kernels/cpu/ops_attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/cpu/operands.h"
#include "kernels/cpu/ops_functions.h"
#include "kernels/reference/attention.h"

namespace weighin {
namespace {

/// f32 rounding, 2^-24, of a dot product of k terms, of exp and of the sum over the tokens (of which a lane
/// and a tile sum few in a row), relative to the terms' sizes and, where scores are large, to theirs: what a
/// score is off by, its weight is off by in proportion.
double tolerance_of(uint32_t k, uint32_t tokens) {
  return 0x1p-24 * (64 + 2.0 * k + tokens / 16.0);
}

/// Outputs whose terms are smaller than this are compared as if they were not: weights below e^-87 are 0.
constexpr double least_size = 0x1p-60;

/// Pool values are ordinarily below 2^-3: scores then differ by ones. Adversarial ones reach 65504: scores
/// then differ by up to thousands, of which f32 still keeps the weights to a per cent.
float query_limit(Data data) {
  return data == Data::ordinary ? 8.0F : 0x1p-8F;
}

/// Where each KV head's keys and values lie: slab after slab through the buffer, then from its start again.
struct Cache {
  std::span<const std::byte> buffer;
  uint64_t slab_bytes = 0;
  uint64_t first_slab = 0;  // of the present run

  const uint16_t* slab(uint64_t index) const {
    const uint64_t slabs = buffer.size() / slab_bytes;
    return reinterpret_cast<const uint16_t*>(buffer.data() + (first_slab + index) % slabs * slab_bytes);
  }
  const uint16_t* keys(uint32_t kv_head) const { return slab(2ULL * kv_head); }
  const uint16_t* values(uint32_t kv_head) const { return slab(2ULL * kv_head + 1); }
};

class Attention : public Prepared {
 public:
  Attention(ThreadPool& pool, const Problem& problem, Cache cache, AttendFunction attend, Data data,
            uint64_t seed)
      : pool_(pool), p_(problem), cache_(cache), attend_(attend) {
    queries_of_cache_ = p_.heads / p_.kv_heads;
    tokens_ = std::max(1U, p_.n);
    q_ = operand_rows(uint64_t{tokens_} * p_.heads * p_.k, p_.k, query_limit(data), data, seed);
    y_.resize(q_.size());
    // One token: whole KV heads where they divide evenly, else each KV head's context cut for all threads.
    parts_ = decode() && p_.kv_heads % pool.threads() != 0 ? pool.threads() : 1;
    const uint64_t states = decode() ? uint64_t{p_.heads} * parts_ : uint64_t{p_.heads} * pool.threads();
    states_.resize(states * (p_.k + 2));
  }

  void run() noexcept override {
    cache_.first_slab += 2ULL * p_.kv_heads;
    pool_.run([this](uint32_t rank) { decode() ? one_token(rank) : many_tokens(rank); });
  }

  Check check(uint32_t samples) override {
    run();
    const uint64_t count = y_.size(), step = std::max<uint64_t>(1, count / std::max(1U, samples));
    Check check{0, tolerance_of(p_.k, seen_by(tokens_ - 1))};
    uint64_t known = count;  // the vector `truth` is of
    AttentionTruth truth;
    for (uint64_t back = 0; back < count; back += step) {  // from the last output
      const uint64_t at = count - 1 - back, vector = at / p_.k, i = at % p_.k;
      if (vector != known) truth = truth_of(vector);
      known = vector;
      const double size = std::max(truth.sizes[i], least_size) * std::max(1.0, truth.score_size);
      const double error = std::abs(y_[at] - truth.values[i]) / size;
      if (!(error <= check.error)) check.error = error;  // a NaN stays
      if (std::isnan(error)) break;
    }
    return check;
  }

 private:
  bool decode() const { return p_.op == Op::attention; }

  /// How many tokens the query of `token` attends to.
  uint32_t seen_by(uint32_t token) const {
    if (decode()) return p_.context;
    return p_.context == 0 ? p_.n : token + 1;
  }

  AttentionTruth truth_of(uint64_t vector) const {
    const auto token = static_cast<uint32_t>(vector / p_.heads);
    const uint32_t kv_head = static_cast<uint32_t>(vector % p_.heads) / queries_of_cache_;
    return attention_truth(&q_[vector * p_.k], cache_.keys(kv_head), cache_.values(kv_head), seen_by(token),
                           p_.k);
  }

  /// State of `head` in context part (or of thread) `part`; the heads of one KV head follow each other.
  float* state(uint64_t part, uint64_t head) noexcept {
    return &states_[(part * p_.heads + head) * (p_.k + 2)];
  }

  void one_token(uint32_t rank) noexcept {
    const bool split = parts_ > 1;
    const Slice heads = split ? Slice{0, p_.kv_heads} : slice_of(p_.kv_heads, rank, pool_.threads());
    const Slice part = split ? slice_of(p_.context, rank, parts_, attention_tile) : Slice{0, p_.context};
    for (uint64_t kv_head = heads.first; kv_head < heads.last; ++kv_head) {
      const uint64_t head = kv_head * queries_of_cache_;
      const auto h = static_cast<uint32_t>(kv_head);
      attend_(&q_[head * p_.k], queries_of_cache_, cache_.keys(h) + part.first * p_.k,
              cache_.values(h) + part.first * p_.k, static_cast<uint32_t>(part.last - part.first), p_.k,
              state(split ? rank : 0, head));
    }
    if (split) pool_.barrier();
    const Slice mine = split ? slice_of(p_.heads, rank, parts_)
                             : Slice{heads.first * queries_of_cache_, heads.last * queries_of_cache_};
    for (uint64_t head = mine.first; head < mine.last; ++head) join(head);
  }

  /// y of `head` from the states of all parts, each shrunk to the largest score of all.
  void join(uint64_t head) noexcept {
    float most = state(0, head)[0], total = 0;
    for (uint32_t part = 1; part < parts_; ++part) most = std::max(most, state(part, head)[0]);
    float* y = &y_[head * p_.k];
    std::fill(y, y + p_.k, 0.0F);
    for (uint32_t part = 0; part < parts_; ++part) {
      const float* one = state(part, head);
      const float shrink = std::exp(one[0] - most);
      total += one[1] * shrink;
      for (uint32_t i = 0; i < p_.k; ++i) y[i] += one[2 + i] * shrink;
    }
    for (uint32_t i = 0; i < p_.k; ++i) y[i] /= total;
  }

  /// Tokens are dealt one by one, since late ones see more than early ones.
  void many_tokens(uint32_t rank) noexcept {
    for (uint32_t kv_head = 0; kv_head < p_.kv_heads; ++kv_head) {
      for (uint32_t token = rank; token < tokens_; token += pool_.threads()) {
        const uint64_t vector = uint64_t{token} * p_.heads + uint64_t{kv_head} * queries_of_cache_;
        float* states = state(rank, 0);
        attend_(&q_[vector * p_.k], queries_of_cache_, cache_.keys(kv_head), cache_.values(kv_head),
                seen_by(token), p_.k, states);
        for (uint32_t query = 0; query < queries_of_cache_; ++query) {
          const float* one = states + uint64_t{query} * (p_.k + 2);
          float* y = &y_[(vector + query) * p_.k];
          for (uint32_t i = 0; i < p_.k; ++i) y[i] = one[2 + i] / one[1];
        }
      }
    }
  }

  ThreadPool& pool_;
  Problem p_;
  Cache cache_;
  AttendFunction attend_;
  uint32_t queries_of_cache_ = 1, tokens_ = 1, parts_ = 1;
  std::vector<float> q_, y_;   // [tokens][heads][k]
  std::vector<float> states_;  // [parts or threads][heads][k + 2], see AttendFunction
};

using Made = tl::expected<std::unique_ptr<Prepared>, std::string>;

template <const OpsFunctions* functions>
Made prepare(const Problem& problem, Workbench& bench) {
  if (problem.kv_heads == 0 || problem.heads % problem.kv_heads != 0 || problem.k == 0) {
    return tl::unexpected(fmt::format("{} cannot be run: heads must be a multiple of KV heads and k not 0.",
                                      describe(problem)));
  }
  const uint64_t tokens = problem.op == Op::attention ? problem.context : problem.n;
  const uint64_t slab_bytes = tokens * problem.k * sizeof(uint16_t);
  const auto buffer = bench.weights.weights(FormatId::f16, bench.pool);
  if (!buffer) return tl::unexpected(buffer.error());
  if (slab_bytes == 0 || slab_bytes > buffer->size()) {
    return tl::unexpected(
        fmt::format("{} needs {} bytes for one head's keys, the working set has {} bytes: "
                    "choose 1 token or more, and fewer tokens or more memory.",
                    describe(problem), slab_bytes, buffer->size()));
  }
  return std::make_unique<Attention>(bench.pool, problem, Cache{*buffer, slab_bytes}, functions->attend,
                                     bench.data, bench.seed);
}

template <const OpsFunctions* functions>
void add_set(std::vector<Kernel>& rows, Isa isa) {
  for (const Op op : {Op::attention, Op::prefill_attention}) {
    rows.push_back({fmt::format("cpu.{}.f16.{}", op_name(op), isa_name(isa)), op, FormatId::f16, isa,
                    prepare<functions>});
  }
}

}  // namespace

std::vector<Kernel> attention_kernels() {
  std::vector<Kernel> rows;
  add_set<&ops_scalar>(rows, Isa::scalar);
#if defined(__x86_64__)
  add_set<&ops_avx2>(rows, Isa::avx2);
  add_set<&ops_avx512>(rows, Isa::avx512);
#endif
  return rows;
}

}  // namespace weighin
