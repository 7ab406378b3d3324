#include "kernels/cpu/attention/attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <optional>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/operands/operands.h"
#include "kernels/reference/attention.h"
#include "kernels/threads/work_split.h"

namespace weighin {
namespace {

/// The tolerance, relative to the size of the terms: f32 rounding, 2^-24, of a dot product of k terms, of
/// exp, and of the sum over the tokens (of which a lane and a tile add few in a row). Where scores are large
/// it is relative to their size too, since the error of a score is the relative error of its weight.
double tolerance_of(uint32_t k, uint32_t tokens) {
  return 0x1p-24 * (64 + 2.0 * k + tokens / 16.0);
}

/// The context of one token is divided between threads at multiples of so many tokens.
constexpr uint32_t part_grain = 16;
/// Tasks where cores differ in speed. All threads wait for the last task, which is an eighth of a thread's
/// share.
constexpr uint32_t tasks_a_thread = 8;

/// Where the keys and values of each KV head lie: slab after slab through the buffer, and then from its start
/// again.
struct Cache {
  Weights buffer;
  uint64_t slab_bytes = 0;
  uint64_t first_slab = 0;  // of the present run

  /// Goes on to slabs that no run has read lately, `count` of them.
  void move_on(uint64_t count) {
    first_slab = (*buffer.next + slab_bytes - 1) / slab_bytes;
    *buffer.next = (first_slab + count) * slab_bytes % buffer.bytes.size();
  }
  const std::byte* slab(uint64_t index) const {
    const uint64_t slabs = buffer.bytes.size() / slab_bytes;
    return buffer.bytes.data() + (first_slab + index) % slabs * slab_bytes;
  }
  const std::byte* keys(uint32_t kv_head) const { return slab(2ULL * kv_head); }
  const std::byte* values(uint32_t kv_head) const { return slab(2ULL * kv_head + 1); }
};

/// The functions for a cache's format: for one token, and for a block of a prompt.
struct AttentionFunctions {
  AttendFunction attend;
  BlockFunction attend_block;
};

AttentionFunctions functions_of(const OpsFunctions& ops, FormatId cache) {
  if (cache == FormatId::q8_0) return {ops.attend_q8_0, ops.attend_block_q8_0};
  return {ops.attend, ops.attend_block};
}

class Attention : public Prepared {
 public:
  Attention(ThreadPool& pool, const Problem& problem, Cache cache, AttentionFunctions functions, Data data,
            uint64_t seed)
      : pool_(pool), p_(problem), cache_(cache), functions_(functions) {
    queries_of_cache_ = p_.heads / p_.kv_heads;
    tokens_ = std::max(1U, p_.n);
    q_ = attention_queries(p_, data, seed);
    y_.resize(q_.size());
    if (decode()) {
      parts_ = parts_of_context();
      tasks_.emplace(pool, uint64_t{parts_} * p_.kv_heads);
      states_.resize(uint64_t{p_.heads} * parts_ * (p_.k + 2));
    } else {
      block_tokens_ = tokens_of_block();
      const uint64_t queries = uint64_t{block_tokens_} * queries_of_cache_;
      scratch_floats_ = prefill_scratch(queries, p_.k);
      states_.resize(scratch_floats_ * pool.threads());
    }
  }

  void run() noexcept override {
    cache_.move_on(2ULL * p_.kv_heads);
    next_block_.store(0, std::memory_order_relaxed);
    if (tasks_) tasks_->restart();
    pool_.run([this](uint32_t rank) { decode() ? one_token(rank) : many_tokens(rank); });
  }

  Check check(uint32_t samples) override {
    run();
    const auto reference = [this](uint64_t vector) { return reference_of(vector); };
    return check_attention(y_, p_.k, y_.size() / p_.k, p_.k, reference,
                           tolerance_of(p_.k, seen_by(tokens_ - 1)), samples);
  }

 private:
  bool decode() const { return p_.op == Op::attention; }

  /// How many tokens the query of `token` attends to.
  uint32_t seen_by(uint32_t token) const {
    if (decode()) return p_.context;
    return p_.context == 0 ? p_.n : token + 1;
  }

  ReferenceAttention reference_of(uint64_t vector) const {
    const auto token = static_cast<uint32_t>(vector / p_.heads);
    const uint32_t kv_head = static_cast<uint32_t>(vector % p_.heads) / queries_of_cache_;
    return reference_attention(&q_[vector * p_.k], p_.format, cache_.keys(kv_head), cache_.values(kv_head),
                               seen_by(token), p_.k);
  }

  /// The state of `head` in context part `part`. The heads of one KV head follow each other.
  float* state(uint64_t part, uint64_t head) noexcept {
    return &states_[(part * p_.heads + head) * (p_.k + 2)];
  }

  /// Into how many parts the context of one token is divided. Where the cores are equal, it stays whole if
  /// the KV heads divide evenly between the threads, and else has one part a thread. Where they differ in
  /// speed, threads take several smaller tasks each, as they become free.
  uint32_t parts_of_context() const {
    const uint32_t threads = pool_.threads();
    if (pool_.alike()) return p_.kv_heads % threads == 0 ? 1 : threads;
    return (tasks_a_thread * threads + p_.kv_heads - 1) / p_.kv_heads;
  }

  /// A task is a part of one KV head's context. The tasks of one part follow each other.
  void one_token(uint32_t rank) noexcept {
    tasks_->each(rank, [this](Slice tasks) {
      for (uint64_t task = tasks.first; task < tasks.last; ++task) {
        const auto part = static_cast<uint32_t>(task / p_.kv_heads);
        attend_part(static_cast<uint32_t>(task % p_.kv_heads), part);
      }
    });
    if (parts_ == 1) return;
    pool_.barrier();
    const Slice mine = slice_of(p_.heads, rank, pool_.threads());
    for (uint64_t head = mine.first; head < mine.last; ++head) join(head);
  }

  void attend_part(uint32_t kv_head, uint32_t part) noexcept {
    const Slice tokens = slice_of(p_.context, part, parts_, part_grain);
    const uint64_t at = tokens.first * row_bytes(p_.format, p_.k),
                   head = uint64_t{kv_head} * queries_of_cache_;
    functions_.attend(&q_[head * p_.k], queries_of_cache_, cache_.keys(kv_head) + at,
                      cache_.values(kv_head) + at, static_cast<uint32_t>(tokens.last - tokens.first), p_.k,
                      state(part, head));
    if (parts_ > 1) return;
    for (uint64_t one = head; one < head + queries_of_cache_; ++one) join(one);
  }

  /// Sets y of `head` from the states of all parts, each rescaled to the largest score of all.
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

  /// Blocks are as large as leaves several for each thread, so that their different lengths balance.
  uint32_t tokens_of_block() const {
    uint64_t queries = prefill_queries;
    const uint64_t all = uint64_t{tokens_} * queries_of_cache_;
    while (queries > 48 && (all + queries - 1) / queries * p_.kv_heads < 4ULL * pool_.threads()) queries /= 2;
    return std::min(tokens_, std::max(1U, static_cast<uint32_t>(queries / queries_of_cache_)));
  }

  /// Threads take blocks as they become free, one KV head after the other, so that its keys and values come
  /// from a cache. Of a head, the blocks of late tokens come first: they see the most tokens, and the short
  /// blocks at the end balance the threads.
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
  AttentionFunctions functions_;
  uint32_t queries_of_cache_ = 1, tokens_ = 1, parts_ = 1, block_tokens_ = 1;
  Floats q_, y_;   // [tokens][heads][k]
  Floats states_;  // decode: [parts][heads][k + 2], see AttendFunction; prefill: scratch space of each thread
  uint64_t scratch_floats_ = 0;
  std::atomic<uint64_t> next_block_{0};
  std::optional<WorkSplit> tasks_;  // of decode
};

using PrepareResult = tl::expected<std::unique_ptr<Prepared>, std::string>;

PrepareResult prepare(const Problem& problem, Workbench& bench, const OpsFunctions& functions) {
  if (problem.kv_heads == 0 || problem.heads % problem.kv_heads != 0 || problem.k == 0) {
    return tl::unexpected(fmt::format("{} cannot be run: heads must be a multiple of KV heads and k not 0.",
                                      describe(problem)));
  }
  if (const uint32_t block = format_of(problem.format).block_values; problem.k % block != 0) {
    return tl::unexpected(
        fmt::format("{} cannot be run: a head's {} values are no whole blocks of {}. Use f16.",
                    describe(problem), problem.k, block));
  }
  const uint64_t tokens = problem.op == Op::attention ? problem.context : problem.n;
  const uint64_t slab_bytes = tokens * row_bytes(problem.format, problem.k);
  const auto buffer = bench.weights.packed(problem.format, Packing{}, bench.pool);
  if (!buffer) return tl::unexpected(buffer.error());
  if (slab_bytes == 0 || slab_bytes > buffer->bytes.size()) {
    return tl::unexpected(
        fmt::format("{} needs {} bytes for one head's keys, the working set has {} bytes: "
                    "choose 1 token or more, and fewer tokens or more memory.",
                    describe(problem), slab_bytes, buffer->bytes.size()));
  }
  return std::make_unique<Attention>(bench.pool, problem, Cache{*buffer, slab_bytes},
                                     functions_of(functions, problem.format), bench.data, bench.seed);
}

}  // namespace

std::vector<Kernel> attention_kernels() {
  std::vector<Kernel> rows;
  for (const InstructionSet& set : instruction_sets()) {
    if (set.ops.attend == nullptr) continue;
    for (const Op op : {Op::attention, Op::prefill_attention}) {
      for (const FormatId cache : {FormatId::f16, FormatId::q8_0}) {
        rows.push_back({fmt::format("cpu.{}.{}.{}", op_name(op), format_of(cache).name, isa_name(set.isa)),
                        op, cache, set.isa, [&ops = set.ops](const Problem& problem, Workbench& bench) {
                          return prepare(problem, bench, ops);
                        }});
      }
    }
  }
  return rows;
}

}  // namespace weighin
