#include "kernels/vulkan/attention.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/operands/operands.h"
#include "kernels/reference/attention.h"
#include "kernels/vulkan/gpu_bench.h"
#include "kernels/vulkan/gpu_kernel.h"
#include "kernels/vulkan/planes.h"
#include "kernels/vulkan/timed_work.h"

namespace weighin {
namespace {

/// The sets of parameters that the search tries: threads of a workgroup, the most queries that it takes, keys
/// that it takes at a time, and keys of a workgroup (of one token; a workgroup of a prompt takes all).
const std::vector<GpuParameters> decode_parameters{{128, 8, 32, 128}, {64, 8, 32, 64},   {128, 8, 32, 64},
                                                   {128, 8, 32, 256}, {256, 8, 32, 128}, {256, 16, 32, 256}};
const std::vector<GpuParameters> prefill_parameters{
    {128, 8, 32, 0}, {128, 16, 32, 0}, {256, 16, 32, 0}, {64, 8, 16, 0}};
constexpr uint32_t least_tile = 4, join_threads = 64;

/// As on the CPU (kernels/cpu/attention/attention.cc), plus an exp that is off by 3 + 2 |x| units of the last
/// place. That counts most where x is near 0: weights of e^-10 are below a twentieth of a thousandth.
double tolerance_of(uint32_t k, uint32_t tokens) {
  return 0x1p-24 * (64 + 2 * (3 + 2 * 10.0) + 2.0 * k + tokens / 16.0);
}

/// The sizes of a workgroup, reduced to what fits into the GPU's shared memory.
struct Tiling {
  uint32_t threads, rows, tile, quads;

  uint64_t shared_bytes() const {
    return 16ULL * rows * quads + 8ULL * tile * (quads + 1) + 4ULL * rows * (tile + 3);
  }
};

Tiling tiling_of(const GpuParameters& p, uint32_t rows, uint32_t quads, const GpuFacts& gpu) {
  Tiling tiling{std::max(p[0], (quads + 31) / 32 * 32), std::bit_ceil(std::min(p[1], rows)), p[2], quads};
  while (tiling.shared_bytes() > gpu.max_shared_bytes && tiling.tile > least_tile) tiling.tile /= 2;
  while (tiling.shared_bytes() > gpu.max_shared_bytes && tiling.rows > 1) tiling.rows /= 2;
  return tiling;
}

class GpuAttention : public TimedWork {
 public:
  GpuAttention(Gpu& gpu, const Problem& problem, GpuWeights cache)
      : TimedWork(gpu),
        p_(problem),
        cache_(std::move(cache)),
        quads_((p_.k + 3) / 4),
        tokens_(std::max(1U, p_.n)) {
    keys_ = decode() || p_.context ? std::max(p_.context, decode() ? 1 : p_.n) : p_.n;
    const uint64_t row_blocks = p_.format == FormatId::f16 ? 0 : p_.k / 32;
    const uint64_t rows =
        p_.format == FormatId::f16 ? cache_.buffer->bytes() / (8ULL * quads_) : cache_.blocks / row_blocks;
    slabs_ = rows / keys_;
  }

  uint64_t slabs() const { return slabs_; }
  tl::expected<void, std::string> prepare(const GpuParameters& parameters, Data data, uint64_t seed);
  Check check(uint32_t samples) override;

 protected:
  std::vector<GpuStep> steps_of_call(uint64_t call) const override;

 private:
  bool decode() const { return p_.op == Op::attention; }
  uint32_t sharing() const { return p_.heads / p_.kv_heads; }
  uint32_t queries() const { return tokens_ * p_.heads; }
  uint32_t seen_by(uint32_t token) const { return decode() || p_.context == 0 ? keys_ : token + 1; }
  uint64_t first_slab(uint64_t call) const { return call * 2 * p_.kv_heads % slabs_; }
  std::vector<std::byte> slab_of(uint64_t slab, uint32_t rows) const;
  ReferenceAttention reference_of(uint64_t call, uint64_t query) const;

  Problem p_;
  GpuWeights cache_;
  uint32_t quads_, tokens_, keys_ = 1, stretch_ = 1, stretches_ = 1;
  uint64_t slabs_ = 0, calls_ = 0;
  Tiling tiling_{};
  Floats q_;
  GpuBuffer queries_, sums_, states_, y_;
  const GpuPipeline* attend_ = nullptr;
  const GpuPipeline* join_ = nullptr;
};

tl::expected<void, std::string> GpuAttention::prepare(const GpuParameters& parameters, Data data,
                                                      uint64_t seed) {
  tiling_ = tiling_of(parameters, decode() ? sharing() : tokens_, quads_, gpu_.facts());
  if (tiling_.threads > gpu_.facts().max_group_threads ||
      tiling_.shared_bytes() > gpu_.facts().max_shared_bytes)
    return tl::unexpected(
        fmt::format("this GPU has no workgroups of {} threads and {} bytes of shared memory", tiling_.threads,
                    tiling_.shared_bytes()));
  stretch_ = decode() ? parameters[3] : keys_;
  stretches_ = (keys_ + stretch_ - 1) / stretch_;
  q_ = attention_queries(p_, data, seed);
  std::vector<float> padded(uint64_t{queries()} * quads_ * 4);
  for (uint64_t i = 0; i < queries(); ++i) std::copy_n(&q_[i * p_.k], p_.k, &padded[i * quads_ * 4]);
  const uint64_t vectors = uint64_t{stretches_} * queries();
  auto kept =
      keep(queries_, buffer_of<float>(gpu_, padded))
          .and_then([&] { return keep(sums_, make_buffer(gpu_, vectors * quads_ * 16, GpuMemory::device)); })
          .and_then([&] { return keep(states_, make_buffer(gpu_, vectors * 8, GpuMemory::device)); })
          .and_then([&] { return keep(y_, make_buffer(gpu_, padded.size() * 4, GpuMemory::device)); });
  if (!kept) return kept;
  const std::vector<uint32_t> constants{tiling_.threads, tiling_.rows, tiling_.tile, quads_};
  const auto attend =
      pipeline_of(gpu_, {fmt::format("attention.{}", format_of(p_.format).name), constants, 5, 13});
  if (!attend) return tl::unexpected(attend.error());
  attend_ = *attend;
  const auto join = pipeline_of(gpu_, {"attention_join", {join_threads, 1, 1, quads_}, 3, 13});
  if (!join) return tl::unexpected(join.error());
  join_ = *join;
  return {};
}

std::vector<GpuStep> GpuAttention::steps_of_call(uint64_t call) const {
  const uint32_t rows = decode() ? sharing() : tokens_;
  const std::vector<uint32_t> arguments{rows,
                                        decode() ? 1 : p_.heads,
                                        decode() ? rows : 1,
                                        decode() ? 1 : sharing(),
                                        keys_,
                                        stretch_,
                                        seen_by(0),
                                        queries(),
                                        static_cast<uint32_t>(first_slab(call)),
                                        static_cast<uint32_t>(slabs_),
                                        cache_.plane_words.back(),
                                        stretches_,
                                        std::bit_cast<uint32_t>(1 / std::sqrt(static_cast<float>(p_.k)))};
  GpuStep attend, join;
  attend.pipeline = attend_;
  attend.buffers = {&queries_, cache_.buffer, cache_.buffer, &sums_, &states_};
  attend.arguments = join.arguments = arguments;
  attend.groups = {(rows + tiling_.rows - 1) / tiling_.rows, decode() ? p_.kv_heads : p_.heads, stretches_};
  join.pipeline = join_;
  join.buffers = {&sums_, &states_, &y_};
  join.groups = groups_for((uint64_t{queries()} * quads_ + join_threads - 1) / join_threads);
  return {attend, join};
}

/// The first `rows` rows of a slab in the format's layout. The buffer repeats the blocks that it was filled
/// with.
std::vector<std::byte> GpuAttention::slab_of(uint64_t slab, uint32_t rows) const {
  const uint64_t bytes = row_bytes(p_.format, p_.k),
                 step = p_.format == FormatId::f16 ? 8ULL * quads_ : bytes;
  std::vector<std::byte> plain(rows * bytes);
  for (uint64_t row = 0; row < rows; ++row)
    for (uint64_t b = 0; b < bytes; ++b)
      plain[row * bytes + b] =
          cache_.made_of[((slab % slabs_ * keys_ + row) * step + b) % cache_.made_of.size()];
  return plain;
}

ReferenceAttention GpuAttention::reference_of(uint64_t call, uint64_t query) const {
  const uint32_t seen = seen_by(static_cast<uint32_t>(query / p_.heads));
  const uint64_t slab = first_slab(call) + 2 * (query % p_.heads / sharing());
  return reference_attention(&q_[query * p_.k], p_.format, slab_of(slab, seen).data(),
                             slab_of(slab + 1, seen).data(), seen, p_.k);
}

Check GpuAttention::check(uint32_t samples) {
  const uint64_t call = calls_++;
  const double tolerance = tolerance_of(p_.k, keys_);
  std::vector<float> y;
  if (run_call(call)) y = floats_in(gpu_, y_, uint64_t{queries()} * quads_ * 4);
  if (y.empty()) return failed_check(tolerance);
  const auto reference = [&](uint64_t query) { return reference_of(call, query); };
  return check_attention(y, quads_ * 4, queries(), p_.k, reference, tolerance, samples);
}

PreparedOrError prepare(const std::string& name, const GpuParameters& usual, const Problem& problem,
                        Workbench& bench) {
  if (problem.kv_heads == 0 || problem.heads % problem.kv_heads != 0 || problem.k == 0 ||
      problem.k % format_of(problem.format).block_values != 0)
    return tl::unexpected(
        fmt::format("heads must be a multiple of KV heads, and their values whole blocks of {}",
                    format_of(problem.format).name));
  auto cache = bench.gpu->weights.weights(problem.format);
  if (!cache) return tl::unexpected(cache.error());
  auto attention = std::make_unique<GpuAttention>(bench.gpu->gpu, problem, std::move(*cache));
  if (attention->slabs() == 0)
    return tl::unexpected(std::string("the keys of one head are more than the working set"));
  if (auto made = attention->prepare(parameters_of(*bench.gpu, name, usual), bench.data, bench.seed); !made)
    return tl::unexpected(made.error());
  return attention;
}

}  // namespace

std::vector<Kernel> vulkan_attention_kernels() {
  std::vector<Kernel> rows;
  for (const Op op : {Op::attention, Op::prefill_attention}) {
    for (const FormatId cache : {FormatId::f16, FormatId::q8_0}) {
      const std::string name = fmt::format("vulkan.{}.{}", op_name(op), format_of(cache).name);
      const std::vector<GpuParameters>& sets = op == Op::attention ? decode_parameters : prefill_parameters;
      rows.push_back(gpu_kernel(
          name, op, cache,
          [name, usual = sets.front()](const Problem& problem, Workbench& bench) {
            return prepare(name, usual, problem, bench);
          },
          lacks_nothing));
      rows.back().parameters = sets;
    }
  }
  return rows;
}

}  // namespace weighin
