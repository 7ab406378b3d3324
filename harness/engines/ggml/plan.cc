#include "harness/engines/ggml/plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "kernels/problem/llamacpp_step.h"
#include "models/names/catalogue.h"

namespace weighin {
namespace {

/// Bytes of weights of a decode slab, and operations of a prefill slab with all its tokens: both take
/// llama.cpp 0.1 to 10 ms on one core of 2020.
constexpr uint64_t decode_slab_bytes = 2ull << 20;
constexpr double prefill_slab_operations = 0.25e9;
/// Slabs have whole groups of rows that a layout may interleave, on several threads.
constexpr uint64_t row_step = 64, least_rows = 128, most_rows = 8192;
/// The smaller slab has this share of the larger one's rows.
constexpr uint64_t smaller_share = 4;
/// Rows that small operations have: what models from 135M to 70B are wide, and as many tokens as a prompt
/// has.
constexpr uint32_t row_lengths[] = {512, 2048, 8192};
constexpr uint32_t head_dims[] = {64, 128, 256};
constexpr uint64_t head_counts[] = {4, 32};
constexpr uint32_t depths[] = {256, 1024};
/// Rows that are longer are priced from these.
constexpr uint32_t longest_row = 16384;
/// The experts of most published mixtures have at most so many; more are priced from these.
constexpr uint32_t most_experts = 128;
/// Attention as published models share it: values a head, heads, heads of keys and values. The rate depends
/// on the first and on how many heads share a key; models between are priced by the nearest.
struct Heads {
  uint32_t dim, heads, kv_heads;
};
constexpr Heads shared_heads[] = {{64, 32, 32}, {64, 32, 8},   {64, 32, 4},   {64, 14, 2},  {64, 9, 3},
                                  {128, 16, 8}, {128, 32, 32}, {128, 32, 8},  {128, 24, 3}, {128, 64, 8},
                                  {256, 4, 1},  {256, 8, 4},   {256, 16, 16}, {96, 32, 32}, {80, 32, 32}};
constexpr uint32_t table_rows = 4096;
/// MiB of weights that a decode product also walks over, again and again, beside the whole working set: a
/// small model's weights stay in part in the last-level cache, whose share a virtual machine does not tell.
/// From the level-2 caches of two cores to the largest last-level caches of 2025, in steps of about 1.5.
/// Shorter walks teach an adaptive cache to keep what longer ones read, as no model does before it is run:
/// the middle one comes first, and the longest last, which are left out where it showed that no cache holds a
/// part.
constexpr uint32_t walks_mib[] = {112, 80, 56, 32, 160, 256};
/// The row length of walks is the nearest to this one: models of which a cache holds a part are 512 to 1024
/// wide, and the less a product of short rows waits for memory, the less a cache helps.
constexpr double walked_row = 768;
/// Formats with walks, which take some 2 s each: one that llama.cpp repacks, and one that it reads as it
/// lies.
constexpr std::array formats_with_walks{FormatId::q4_0, FormatId::q8_0};

class EnginePlan {
 public:
  void add(const Problem& problem, uint32_t threads, std::string_view size_class = "") {
    const auto [place, fresh] = places_.try_emplace({problem, threads}, items_.size());
    if (fresh) items_.push_back({problem, threads, {}});
    auto& classes = items_[place->second].size_classes;
    if (!size_class.empty() && std::find(classes.begin(), classes.end(), size_class) == classes.end())
      classes.emplace_back(size_class);
  }
  /// Adds the slabs that stand for `whole`, or adds the class to those that do already.
  void add_product(const Problem& whole, uint32_t threads, std::string_view size_class) {
    auto& known = slabs_[{whole.op, whole.format, threads}];
    for (const Problem& slab : known) {
      if (std::max(slab.k, whole.k) > same_rate_columns * std::min(slab.k, whole.k)) continue;
      return add(slab, threads, size_class);
    }
    const bool decode = whole.op == Op::gemv;
    const auto row = static_cast<double>(row_bytes(whole.format, whole.k));
    const double rows = decode ? static_cast<double>(decode_slab_bytes) / row
                               : prefill_slab_operations / (2.0 * whole.n * whole.k);
    Problem slab = whole;
    slab.m = std::clamp(static_cast<uint64_t>(rows) / row_step * row_step, least_rows, most_rows);
    if (known.empty()) {
      Problem smaller = slab;
      slab.m *= decode ? 1 : 2;
      smaller.m = std::max(row_step, slab.m / smaller_share / row_step * row_step);
      add(smaller, threads, size_class);
    }
    known.push_back(slab);
    add(slab, threads, size_class);
  }
  void add_experts(Problem problem, uint32_t threads, std::string_view size_class) {
    problem.heads = std::min(problem.heads, most_experts);
    problem.kv_heads = std::min(problem.kv_heads, problem.heads);
    // So many experts of so few rows that the tensor has a few times the bytes of a slab.
    const auto row = static_cast<double>(row_bytes(problem.format, problem.k));
    const double rows = 8.0 * static_cast<double>(decode_slab_bytes) / row / problem.heads;
    const double most = prefill_slab_operations / (2.0 * problem.n * problem.k * problem.kv_heads);
    problem.m =
        std::clamp(static_cast<uint64_t>(problem.n > 1 ? std::min(rows, most) : rows) / row_step * row_step,
                   row_step, problem.m);
    auto& known = experts_[{problem.format, problem.n, threads}];
    for (const Problem& slab : known)
      if (std::max(slab.k, problem.k) <= 2 * std::min(slab.k, problem.k))
        return add(slab, threads, size_class);
    known.push_back(problem);
    add(problem, threads, size_class);
  }
  /// Adds walks over few weights of a format that has slabs.
  void add_walks(FormatId format, uint32_t threads) {
    const auto known = slabs_.find({Op::gemv, format, threads});
    if (known == slabs_.end()) return;
    Problem walk =
        *std::min_element(known->second.begin(), known->second.end(), [](const Problem& a, const Problem& b) {
          return std::fabs(std::log(a.k / walked_row)) < std::fabs(std::log(b.k / walked_row));
        });
    for (const uint32_t mib : walks_mib) {
      walk.context = mib;
      add(walk, threads);
    }
  }
  std::vector<PlanItem> take() { return std::move(items_); }

 private:
  std::map<std::pair<Problem, uint32_t>, size_t> places_;
  std::map<std::tuple<Op, FormatId, uint32_t>, std::vector<Problem>> slabs_;
  std::map<std::tuple<FormatId, uint32_t, uint32_t>, std::vector<Problem>> experts_;
  std::vector<PlanItem> items_;
};

void add_small(EnginePlan& plan, uint32_t threads) {
  for (const Op op : {Op::submit, Op::dispatch}) plan.add({.op = op}, threads);
  for (const uint32_t n : {1U, plan_prompt}) {
    for (const uint32_t k : row_lengths) {
      for (const Op op : {Op::rms_norm, Op::swiglu, Op::add, Op::gelu, Op::layer_norm})
        plan.add({.op = op, .n = n, .k = k}, threads);
      plan.add({.op = Op::cache_write, .format = FormatId::f16, .n = n, .k = k}, threads);
    }
    for (const uint32_t dim : head_dims)
      for (const uint64_t heads : head_counts)
        plan.add({.op = Op::rope, .m = heads, .n = n, .k = dim}, threads);
    plan.add({.op = Op::softmax, .n = n, .k = 64}, threads);
    plan.add({.op = Op::embedding, .format = FormatId::f32, .m = table_rows, .n = n, .k = 2048}, threads);
  }
}

void add_attention(EnginePlan& plan, uint32_t threads) {
  for (const Heads& one : shared_heads) {
    Problem attention{.op = Op::attention,
                      .format = FormatId::f16,
                      .k = one.dim,
                      .heads = one.heads,
                      .kv_heads = one.kv_heads};
    for (const uint32_t depth : depths) {
      attention.context = depth;
      plan.add(attention, threads);
    }
    attention.op = Op::prefill_attention;
    attention.n = attention.context = plan_prompt;
    plan.add(attention, threads);
  }
}

/// Formats by how often published files have them, so that a budget that ends early has measured these; then
/// all others that GGUF files hold.
std::vector<FormatId> formats_in_order() {
  std::vector<FormatId> order{FormatId::q4_0, FormatId::q4_K, FormatId::q6_K, FormatId::q8_0,
                              FormatId::f16,  FormatId::q5_K, FormatId::q5_0};
  for (const QuantFormat& format : kernel_formats())
    if (format.gguf_type != no_gguf && std::find(order.begin(), order.end(), format.id) == order.end())
      order.push_back(format.id);
  return order;
}

/// The products of a class's reference model, decode's and prefill's.
std::vector<Problem> problems_of(const ModelShape& model) {
  std::vector<Problem> problems;
  const FileFormat& any = file_format_of(FileFormatId::f16);
  for (const uint32_t tokens : {1U, plan_prompt}) {
    const auto step =
        tokens == 1 ? decode_step(model, any, plan_depth - 1) : prefill_step(model, any, tokens);
    for (const ProblemUse& use : llamacpp_step(step, model, tokens))
      if (use.problem.format == FormatId::f16 && use.problem.op != Op::cache_write)
        problems.push_back(use.problem);
  }
  return problems;
}

struct ClassProblems {
  const SizeClass* size_class;
  std::vector<Problem> problems;
};

/// Brings walks before all else of their thread count, each after its product from memory: a process that has
/// worked for long finds its weights in an adaptive cache sooner than an engine that was just started.
std::vector<PlanItem> with_walks_first(std::vector<PlanItem> items) {
  const auto from_memory = [](const PlanItem& item) {
    std::pair<Problem, uint32_t> whole{item.problem, item.threads};
    if (item.problem.op == Op::gemv) whole.first.context = 0;
    return whole;
  };
  std::set<std::pair<Problem, uint32_t>> walked;
  for (const PlanItem& item : items)
    if (item.problem.op == Op::gemv && item.problem.context > 0) walked.insert(from_memory(item));
  const auto place = [&](const PlanItem& item) {
    return std::pair(-int64_t{item.threads}, !walked.contains(from_memory(item)));
  };
  std::stable_sort(items.begin(), items.end(),
                   [&](const PlanItem& a, const PlanItem& b) { return place(a) < place(b); });
  return items;
}

}  // namespace

std::vector<PlanItem> engine_plan(uint32_t threads) {
  EnginePlan plan;
  std::vector<ClassProblems> classes;
  for (const SizeClass* size_class : classes_in_order())
    if (reference_model(*size_class).task == Task::chat)
      classes.push_back({size_class, problems_of(reference_model(*size_class))});
  const std::set<uint32_t, std::greater<>> counts{threads, 1};
  for (const uint32_t count : counts) {
    add_small(plan, count);
    add_attention(plan, count);
    // One format after another: the working set is filled with each once.
    for (const FormatId format : formats_in_order()) {
      for (const auto& [size_class, problems] : classes) {
        for (Problem p : problems) {
          if (p.k % format_of(format).block_values != 0 || p.k > longest_row) continue;
          p.format = format;
          if (is_matrix(p.op)) plan.add_product(p, count, size_class->name);
          if (p.op == Op::expert_products) plan.add_experts(p, count, size_class->name);
        }
      }
      if (std::find(formats_with_walks.begin(), formats_with_walks.end(), format) != formats_with_walks.end())
        plan.add_walks(format, count);
    }
  }
  return with_walks_first(plan.take());
}

GraphCounts graph_counts(const Problem& p, uint64_t weights_bytes) {
  constexpr double decode_bytes = 32e6, attention_bytes = 16e6;
  const auto operations = [](double bytes, double of_one, double least, double most) {
    return static_cast<uint32_t>(std::clamp(bytes / std::max(1.0, of_one), least, most));
  };
  // Graphs that read weights, with `bytes` of them in each operation.
  const auto over_weights = [&](GraphCounts counts, uint64_t bytes) {
    const bool walk = p.op == Op::gemv && p.context > 0;
    const uint64_t all = walk ? uint64_t{p.context} << 20 : weights_bytes;
    const auto tensors = static_cast<uint32_t>(std::max<uint64_t>(1, all / std::max<uint64_t>(1, bytes)));
    counts.graphs = std::max(walk ? 1 : counts.timed, (tensors + counts.operations - 1) / counts.operations);
    if (!walk) return counts;
    // Every part of a walk counts, since a cache holds some and others not.
    counts.operations = std::max(1U, tensors / counts.graphs);
    counts.timed = counts.graphs;
    return counts;
  };
  const uint64_t matrix = row_bytes(p.format, p.k) * p.m;
  switch (p.op) {
    case Op::gemv:
      return over_weights({5, operations(decode_bytes, cost_of(p).bytes_read, 8, 256), 5}, matrix);
    case Op::gemm:
      return {3, 2, 3};
    case Op::expert_products:
      if (p.n > 1) return {3, 1, 3};
      return over_weights({5, operations(decode_bytes, cost_of(p).bytes_read, 4, 64), 5}, matrix * p.heads);
    case Op::attention:
      return {5, operations(attention_bytes, cost_of(p).bytes_read, 4, 64), 5};
    case Op::prefill_attention:
      return {3, 1, 3};
    case Op::dispatch:
      return {5, 1000, 5};
    case Op::submit:
      return {20, 1, 20};
    default:
      return p.n > 1 ? GraphCounts{5, 8, 5} : GraphCounts{5, 200, 5};
  }
}

}  // namespace weighin
