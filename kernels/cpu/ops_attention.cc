#include "kernels/cpu/ops_attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>

#include "kernels/cpu/instruction_sets.h"
#include "kernels/cpu/operands.h"
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

/// One token's context is cut between threads at multiples of so many tokens.
constexpr uint32_t part_grain = 16;

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
  Attention(ThreadPool& pool, const Problem& problem, Cache cache, const OpsFunctions& functions, Data data,
            uint64_t seed)
      : pool_(pool), p_(problem), cache_(cache), functions_(functions) {
    queries_of_cache_ = p_.heads / p_.kv_heads;
    tokens_ = std::max(1U, p_.n);
    q_ = operand_rows(uint64_t{tokens_} * p_.heads * p_.k, p_.k, query_limit(data), data, seed);
    y_.resize(q_.size());
    // One token: whole KV heads where they divide evenly, else each KV head's context cut for all threads.
    parts_ = decode() && p_.kv_heads % pool.threads() != 0 ? pool.threads() : 1;
    if (decode()) {
      states_.resize(uint64_t{p_.heads} * parts_ * (p_.k + 2));
    } else {
      block_tokens_ = tokens_of_block();
      const uint64_t queries = uint64_t{block_tokens_} * queries_of_cache_;
      scratch_floats_ = prefill_scratch(queries, p_.k);
      states_.resize(scratch_floats_ * pool.threads());
    }
  }

  void run() noexcept override {
    cache_.first_slab += 2ULL * p_.kv_heads;
    next_block_.store(0, std::memory_order_relaxed);
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

  /// State of `head` in context part `part`; the heads of one KV head follow each other.
  float* state(uint64_t part, uint64_t head) noexcept {
    return &states_[(part * p_.heads + head) * (p_.k + 2)];
  }

  void one_token(uint32_t rank) noexcept {
    const bool split = parts_ > 1;
    const Slice heads = split ? Slice{0, p_.kv_heads} : slice_of(p_.kv_heads, rank, pool_.threads());
    const Slice part = split ? slice_of(p_.context, rank, parts_, part_grain) : Slice{0, p_.context};
    for (uint64_t kv_head = heads.first; kv_head < heads.last; ++kv_head) {
      const uint64_t head = kv_head * queries_of_cache_;
      const auto h = static_cast<uint32_t>(kv_head);
      functions_.attend(&q_[head * p_.k], queries_of_cache_, cache_.keys(h) + part.first * p_.k,
                        cache_.values(h) + part.first * p_.k, static_cast<uint32_t>(part.last - part.first),
                        p_.k, state(split ? rank : 0, head));
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

  /// Large blocks, but some for each thread, so that their unlike lengths even out.
  uint32_t tokens_of_block() const {
    uint64_t queries = prefill_queries;
    const uint64_t all = uint64_t{tokens_} * queries_of_cache_;
    while (queries > 48 && (all + queries - 1) / queries * p_.kv_heads < 4ULL * pool_.threads()) queries /= 2;
    return std::min(tokens_, std::max(1U, static_cast<uint32_t>(queries / queries_of_cache_)));
  }

  /// Blocks are taken as threads get free, one KV head after the other, whose keys and values then come from
  /// a cache. Of a head those of late tokens are first: they see the most, and the short ones at the end even
  /// out.
  void many_tokens(uint32_t rank) noexcept {
    const uint64_t blocks = (tokens_ + block_tokens_ - 1) / block_tokens_;
    for (;;) {
      const uint64_t taken = next_block_.fetch_add(1, std::memory_order_relaxed);
      if (taken >= blocks * p_.kv_heads) return;
      const auto kv_head = static_cast<uint32_t>(taken / blocks);
      const auto first = static_cast<uint32_t>(blocks - 1 - taken % blocks) * block_tokens_;
      const uint64_t vector = uint64_t{first} * p_.heads + uint64_t{kv_head} * queries_of_cache_;
      functions_.attend_block({.q = &q_[vector * p_.k],
                               .y = &y_[vector * p_.k],
                               .token_pitch = uint64_t{p_.heads} * p_.k,
                               .tokens = std::min(block_tokens_, tokens_ - first),
                               .heads = queries_of_cache_,
                               .k = p_.k,
                               .first = first,
                               .context = tokens_,
                               .causal = p_.context != 0,
                               .keys = cache_.keys(kv_head),
                               .values = cache_.values(kv_head)},
                              &states_[rank * scratch_floats_]);
    }
  }

  ThreadPool& pool_;
  Problem p_;
  Cache cache_;
  const OpsFunctions& functions_;
  uint32_t queries_of_cache_ = 1, tokens_ = 1, parts_ = 1, block_tokens_ = 1;
  Floats q_, y_;   // [tokens][heads][k]
  Floats states_;  // decode: [parts][heads][k + 2], see AttendFunction; prefill: scratch of each thread
  uint64_t scratch_floats_ = 0;
  std::atomic<uint64_t> next_block_{0};
};

using Made = tl::expected<std::unique_ptr<Prepared>, std::string>;

Made prepare(const Problem& problem, Workbench& bench, const OpsFunctions& functions) {
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
  return std::make_unique<Attention>(bench.pool, problem, Cache{*buffer, slab_bytes}, functions, bench.data,
                                     bench.seed);
}

}  // namespace

std::vector<Kernel> attention_kernels() {
  std::vector<Kernel> rows;
  for (const InstructionSet& set : instruction_sets()) {
    if (set.ops.attend == nullptr) continue;
    for (const Op op : {Op::attention, Op::prefill_attention}) {
      rows.push_back({fmt::format("cpu.{}.f16.{}", op_name(op), isa_name(set.isa)), op, FormatId::f16,
                      set.isa, [&ops = set.ops](const Problem& problem, Workbench& bench) {
                        return prepare(problem, bench, ops);
                      }});
    }
  }
  return rows;
}

}  // namespace weighin
