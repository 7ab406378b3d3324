#include "harness/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

#include "harness/plan/experts.h"
#include "harness/plan/slabs.h"
#include "kernels/problem/steps.h"
#include "models/names/catalogue.h"

namespace weighin {
namespace {

/// Bytes that one call of the bandwidth bound reads: as many as the slabs of decode have.
constexpr uint64_t stream_bytes = 8ull << 20;
/// Bytes that a GPU reads or copies at a time: more than the caches of the largest GPUs (50 to 256 MiB), and
/// 64 times those of a phone. Operations of a GPU's peaks: 20 ms on an integrated GPU of 1 TFLOP/s. A
/// software GPU is the CPU, and gets what suits a CPU.
constexpr uint64_t gpu_bytes = 256ull << 20, software_bytes = 8ull << 20;
constexpr uint64_t gpu_peak_operations = 20'000'000'000;
/// Bytes of one storage read: more than a drive's own cache of a few dozen MiB.
constexpr uint64_t storage_bytes = 64ull << 20;
/// Whole matrices are timed up to this many bytes or operations, so that one call takes less than half a
/// second.
constexpr uint64_t whole_matrix_bytes = 64ull << 20;
constexpr double whole_matrix_operations = 1e10;
/// File formats of other containers whose blocks have kernels of their own.
constexpr std::array other_containers{FileFormatId::onnx_int8, FileFormatId::gptq_int4_g128};
/// What --full adds: numbers of tokens that are computed together (speculative decoding, several users, long
/// prompts), and of tokens in the KV cache.
constexpr std::array<uint32_t, 9> full_batches{2, 4, 8, 16, 32, 64, 128, 256, 1024};
constexpr std::array<uint32_t, 5> full_depths{128, 2048, 4096, 16384, 32768};
/// Formats of the KV cache; the second is measured in --full only.
constexpr std::array<FormatId, 2> cache_formats{FormatId::f16, FormatId::q8_0};
/// Attention that is measured whatever the models: 32 heads of 128 values, as most models of 7B have them,
/// with one KV head for each, for 4 of them (Llama 3), for 8 (Qwen 2.5), and for all (MQA).
constexpr uint32_t full_heads = 32, full_head_values = 128;
constexpr std::array<uint32_t, 4> full_kv_heads{32, 8, 4, 1};
/// The sliding windows of gpt-oss, Gemma 3 1B and Gemma 3 4B: attention covers so many tokens however deep
/// the cache is.
constexpr std::array<uint32_t, 3> full_windows{128, 512, 1024};
/// The product of this class and format stands for its phase when thread counts are compared.
constexpr std::string_view compared_class = "1B";
constexpr FileFormatId compared_format = FileFormatId::q4_0;

/// Whether the measurement of `planned` predicts `wanted` as well as a measurement of its own would. Their
/// rates must be the same, and their sizes so near that the overhead of a call weighs alike.
bool stands_for(const Problem& planned, const Problem& wanted) {
  if (!same_rate(planned, wanted)) return false;
  const auto within = [](double a, double b, double factor) {
    return std::max(a, b) <= factor * std::min(a, b);
  };
  const auto m = [](const Problem& p) { return static_cast<double>(std::max<uint64_t>(1, p.m)); };
  switch (wanted.op) {
    case Op::gemv:
    case Op::gemm:
      return within(m(planned), m(wanted), 2);
    case Op::embedding:  // one row a token of decode, which is a thousandth of a step
      return within(planned.k, wanted.k, 4);
    case Op::quantize:
    case Op::rms_norm:
    case Op::layer_norm:
    case Op::swiglu:
    case Op::gelu:
      return within(planned.k, wanted.k, 1.5);
    default:
      return planned == wanted;
  }
}

/// The plan's items in order. Equal items are merged.
class Plan {
 public:
  explicit Plan(const PlanScope& scope) : scope_(scope) {}
  /// Adds the problem's slab, or, where a slab is planned that stands for it, the problem's class to that
  /// one.
  void add_slab(const Problem& problem, uint32_t threads, std::string_view size_class) {
    Problem wanted = slab(problem, threads);
    std::vector<Problem>& near = slabs_[{wanted.op, wanted.format, wanted.n, threads}];
    const auto found = std::find_if(near.begin(), near.end(),
                                    [&](const Problem& planned) { return stands_for(planned, wanted); });
    if (found == near.end()) {
      near.push_back(wanted);
    } else {
      wanted = *found;
    }
    add(wanted, threads, size_class);
  }
  Problem slab(const Problem& problem, uint32_t threads) const {
    return scope_.on == MeasuredOn::gpu ? gpu_slab(problem, scope_.working_set_bytes)
                                        : slab_of(problem, threads, scope_.working_set_bytes, scope_.rates);
  }
  void add(const Problem& problem, uint32_t threads, std::string_view size_class) {
    const auto [place, fresh] = places_.try_emplace({problem, threads}, items_.size());
    if (fresh) items_.push_back({problem, threads, {}});
    auto& classes = items_[place->second].size_classes;
    if (size_class.empty() || std::find(classes.begin(), classes.end(), size_class) != classes.end()) return;
    classes.emplace_back(size_class);
  }
  uint64_t working_set_bytes() const { return scope_.working_set_bytes; }
  /// Where the next new item will stand.
  size_t size() const { return items_.size(); }
  /// Brings the items from `first` on that read the same weights together. The weights keep the order in
  /// which they come first, and so do the items of each.
  void group_by_weights(size_t first) {
    std::vector<std::pair<FormatId, int>> order;  // of weights, and how they lie
    const auto place = [&](const PlanItem& item) {
      const std::pair<FormatId, int> weights{item.problem.format, layout_of(item.problem.op)};
      const auto found = static_cast<size_t>(std::find(order.begin(), order.end(), weights) - order.begin());
      if (found == order.size()) order.push_back(weights);
      return found;
    };
    std::vector<std::pair<size_t, PlanItem>> placed;
    for (size_t i = first; i < items_.size(); ++i) placed.emplace_back(place(items_[i]), items_[i]);
    std::stable_sort(placed.begin(), placed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = first; i < items_.size(); ++i) {
      items_[i] = std::move(placed[i - first].second);
      places_[{items_[i].problem, items_[i].threads}] = i;
    }
  }
  std::vector<PlanItem> take() { return std::move(items_); }

 private:
  /// Products read packed weights, embeddings and attention those in a file's order, and other operations
  /// read none.
  static int layout_of(Op op) {
    if (is_product(op)) return 2;
    return is_attention(op) || op == Op::embedding || op == Op::repack ? 1 : 0;
  }

  const PlanScope& scope_;
  std::map<std::pair<Problem, uint32_t>, size_t> places_;
  // By operation, format, tokens and threads.
  std::map<std::tuple<Op, FormatId, uint32_t, uint32_t>, std::vector<Problem>> slabs_;
  std::vector<PlanItem> items_;
};

void add_bounds(Plan& plan, uint32_t threads) {
  plan.add({.op = Op::stream_read, .m = stream_bytes}, threads, "");
  for (const Op op : {Op::peak_fp32, Op::peak_bf16, Op::peak_int8})
    plan.add({.op = op, .m = peak_operations}, threads, "");
}

/// The product `op` of `step` with the most operations, of those in `format` where one is given; nullptr
/// where it has none.
const ProblemUse* main_product(const std::vector<ProblemUse>& step, Op op,
                               std::optional<FormatId> format = std::nullopt) {
  const ProblemUse* main = nullptr;
  const auto work = [](const ProblemUse& use) { return use.times * cost_of(use.problem).operations; };
  for (const ProblemUse& use : step)
    if (use.problem.op == op && (!format || use.problem.format == *format) &&
        (!main || work(use) > work(*main)))
      main = &use;
  return main;
}

/// Adds the problems of `step` as slabs.
void add_step(Plan& plan, const std::vector<ProblemUse>& step, uint32_t threads,
              const SizeClass& size_class) {
  for (const ProblemUse& use : step) plan.add_slab(use.problem, threads, size_class.name);
}

void add_class(Plan& plan, const SizeClass& size_class, const FileFormat& format, uint32_t threads) {
  const ModelShape& model = reference_model(size_class);
  add_step(plan, decode_step(model, format, std::min(plan_depth, model.max_context) - 1), threads,
           size_class);
  add_step(plan, prefill_step(model, format, std::min(plan_prompt, model.max_context)), threads, size_class);
}

/// Adds, for each format that products `op` of `step` have, the one with the most operations.
void add_main_product(Plan& plan, const std::vector<ProblemUse>& step, Op op, uint32_t threads,
                      const SizeClass& size_class) {
  std::vector<FormatId> formats;
  for (const ProblemUse& use : step) {
    const FormatId format = use.problem.format;
    if (use.problem.op != op || std::find(formats.begin(), formats.end(), format) != formats.end()) continue;
    formats.push_back(format);
    plan.add_slab(main_product(step, op, format)->problem, threads, size_class.name);
  }
}

/// Adds the class's main products of decode and of prefill.
void add_main_products(Plan& plan, const SizeClass& size_class, const FileFormat& format, uint32_t threads) {
  const ModelShape& model = reference_model(size_class);
  const auto decode = decode_step(model, format, std::min(plan_depth, model.max_context) - 1);
  const auto prefill = prefill_step(model, format, std::min(plan_prompt, model.max_context));
  add_main_product(plan, decode, Op::gemv, threads, size_class);
  add_main_product(plan, prefill, Op::gemm, threads, size_class);
}

/// Adds the first matrix of `step` that is cut to a slab elsewhere, but small enough to be timed whole.
void add_first_whole(Plan& plan, const std::vector<ProblemUse>& step, Op op, uint32_t threads,
                     const SizeClass& size_class) {
  for (const ProblemUse& use : step) {
    const Problem& whole = use.problem;
    const uint64_t bytes = row_bytes(whole.format, whole.k) * whole.m;
    const bool small = bytes <= std::min(whole_matrix_bytes, plan.working_set_bytes()) &&
                       cost_of(whole).operations <= whole_matrix_operations;
    if (whole.op != op || !small || plan.slab(whole, threads) == whole) continue;
    plan.add(whole, threads, size_class.name);
    return;
  }
}

/// Adds a decode matrix and a prefill matrix of the 1B class, whole, in each format.
void add_whole_matrices(Plan& plan, uint32_t threads) {
  const SizeClass& size_class = *find_size_class("1B");
  const ModelShape& model = reference_model(size_class);
  for (const FileFormat& format : kernel_file_formats()) {
    add_first_whole(plan, decode_step(model, format, 0), Op::gemv, threads, size_class);
    add_first_whole(plan, prefill_step(model, format, plan_prompt), Op::gemm, threads, size_class);
  }
}

void add_full(Plan& plan, const SizeClass& size_class, const FileFormat& format, uint32_t threads) {
  const ModelShape& model = reference_model(size_class);
  for (const FormatId cache : cache_formats) {
    for (const uint32_t n : full_batches)
      if (n <= model.max_context) add_step(plan, prefill_step(model, format, n, cache), threads, size_class);
    for (const uint32_t depth : full_depths)
      if (depth < model.max_context)
        add_step(plan, decode_step(model, format, depth, cache), threads, size_class);
  }
  add_first_whole(plan, decode_step(model, format, 0), Op::gemv, threads, size_class);
}

void add_attention(Plan& plan, uint32_t threads) {
  const auto add_decode = [&](FormatId cache, uint32_t kv_heads, uint32_t context) {
    plan.add({.op = Op::attention,
              .format = cache,
              .k = full_head_values,
              .heads = full_heads,
              .kv_heads = kv_heads,
              .context = context},
             threads, "");
  };
  for (const FormatId cache : cache_formats) {
    for (const uint32_t kv_heads : full_kv_heads) {
      for (const uint32_t context : full_depths) add_decode(cache, kv_heads, context);
      for (const uint32_t context : full_windows) add_decode(cache, kv_heads, context);
      plan.add({.op = Op::prefill_attention,
                .format = cache,
                .n = plan_prompt,
                .k = full_head_values,
                .heads = full_heads,
                .kv_heads = kv_heads,
                .context = plan_prompt},
               threads, "");
    }
  }
}

/// Adds the product of `step` with the most operations, at `count` threads, in the size in which it is timed
/// with `all` threads.
void add_largest(Plan& plan, const std::vector<ProblemUse>& step, Op op, uint32_t all, uint32_t count) {
  const ProblemUse* largest = main_product(step, op);
  if (largest == nullptr) return;
  plan.add_slab(largest->problem, all,
                compared_class);  // added before others of its size, which it then stands for
  plan.add(plan.slab(largest->problem, all), count, "");
}

/// Adds what repacking each format costs when a model is loaded, in a product of the class that is compared.
void add_repacking(Plan& plan, uint32_t threads) {
  const uint32_t width = reference_model(*find_size_class(compared_class)).width;
  for (const QuantFormat& format : kernel_formats()) {
    const Problem product{.op = Op::gemv, .format = format.id, .m = width, .n = 1, .k = width};
    plan.add({.op = Op::repack, .format = format.id, .m = plan.slab(product, threads).m, .k = width}, threads,
             "");
  }
}

void add_thread_counts(Plan& plan, const PlanScope& scope) {
  const ModelShape& model = reference_model(*find_size_class(compared_class));
  const FileFormat& format = file_format_of(compared_format);
  for (const uint32_t count : scope.other_threads) {
    plan.add({.op = Op::barrier}, count, "");
    add_largest(plan, decode_step(model, format, plan_depth - 1), Op::gemv, scope.threads, count);
    add_largest(plan, prefill_step(model, format, plan_prompt), Op::gemm, scope.threads, count);
  }
}

/// Calls `add` for each class in every format.
void add_each(Plan& plan, void (*add)(Plan&, const SizeClass&, const FileFormat&, uint32_t), uint32_t count) {
  for (const SizeClass* size_class : classes_in_order()) {
    for (const FileFormat& format : kernel_file_formats()) add(plan, *size_class, format, count);
    for (const FileFormatId id : other_containers) add(plan, *size_class, file_format_of(id), count);
  }
}

/// All file formats with kernels, the ranked ones first.
std::vector<const FileFormat*> formats_in_order() {
  std::vector<const FileFormat*> order;
  const auto add = [&](const FileFormat& format) {
    const bool known =
        std::any_of(order.begin(), order.end(), [&](auto* other) { return other->id == format.id; });
    if (!known) order.push_back(&format);
  };
  for (const FileFormatId id : ranked_formats()) add(file_format_of(id));
  for (const FileFormat& format : kernel_file_formats()) add(format);
  for (const FileFormatId id : other_containers) add(file_format_of(id));
  return order;
}

/// Adds the main products of every class in the ranked formats.
void add_ranked(Plan& plan, uint32_t count) {
  const size_t first = plan.size();
  for (const FileFormatId id : ranked_formats())
    for (const SizeClass* size_class : classes_in_order())
      add_main_products(plan, *size_class, file_format_of(id), count);
  plan.group_by_weights(first);
}

/// Adds what matters most (parts 2 and 3 of the plan).
void add_first_parts(Plan& plan, const std::vector<uint32_t>& counts) {
  const SizeClass& leading = *classes_in_order().front();
  const auto formats = formats_in_order();
  plan.add({.op = Op::barrier}, counts.front(), "");
  const size_t first = plan.size();
  add_class(plan, leading, *formats.front(), counts.front());
  for (const FileFormat* format : formats) add_main_products(plan, leading, *format, counts.front());
  plan.group_by_weights(first);
  for (const uint32_t count : counts) add_ranked(plan, count);
}

/// Adds every class in every format, and what `experts` are.
void add_all(Plan& plan, uint32_t count, const std::vector<Problem>& experts) {
  plan.add({.op = Op::barrier}, count, "");
  const size_t first = plan.size();
  for (const Problem& problem : experts) plan.add(plan.slab(problem, count), count, "");
  for (const FileFormat* format : formats_in_order())
    for (const SizeClass* size_class : classes_in_order()) add_class(plan, *size_class, *format, count);
  plan.group_by_weights(first);
}

/// Adds a GPU's bounds, what giving it work costs, then each class in every format.
void add_gpu(Plan& plan, const PlanScope& scope) {
  const bool software = scope.on == MeasuredOn::software_gpu;
  const uint64_t bytes = std::min(software ? software_bytes : gpu_bytes, scope.working_set_bytes / 2);
  const uint64_t operations = software ? peak_operations : gpu_peak_operations;
  plan.add({.op = Op::stream_read, .m = bytes}, 1, "");
  for (const Op op : {Op::peak_fp32, Op::peak_fp16, Op::peak_matrix, Op::peak_int8})
    plan.add({.op = op, .m = operations}, 1, "");
  for (const Op op : {Op::dispatch, Op::submit}) plan.add({.op = op}, 1, "");
  for (const Op op : {Op::copy_to_device, Op::copy_from_device, Op::copy_on_device})
    plan.add({.op = op, .m = bytes}, 1, "");
  add_each(plan, add_class, 1);
  if (scope.extent != Extent::full) return;
  add_each(plan, add_full, 1);
  add_attention(plan, 1);
}

}  // namespace

std::vector<const SizeClass*> classes_in_order() {
  std::vector<const SizeClass*> order;
  for (const SizeClass& size_class : all_size_classes()) order.push_back(&size_class);
  const auto distance = [](const SizeClass* c) {
    return std::abs(std::log(static_cast<double>(c->nominal_params) / 2e9));
  };
  std::stable_sort(order.begin(), order.end(), [&](auto* a, auto* b) { return distance(a) < distance(b); });
  return order;
}

std::span<const FileFormatId> ranked_formats() {
  // The quantizations that publishers of GGUF files offer nearly always, and f16, which the others are made
  // from: a judgement. Q4_K_M is what llama-quantize's own help recommends, and Ollama's default.
  static constexpr std::array<FileFormatId, 6> formats{FileFormatId::q4_K_M, FileFormatId::q8_0,
                                                       FileFormatId::q4_0,   FileFormatId::f16,
                                                       FileFormatId::q6_K,   FileFormatId::q5_K_M};
  return formats;
}

std::vector<PlanItem> make_plan(const PlanScope& scope) {
  Plan plan(scope);
  if (scope.on != MeasuredOn::cpu) {
    add_gpu(plan, scope);
    return plan.take();
  }
  std::vector<uint32_t> counts{scope.threads};
  if (scope.threads > 1) counts.push_back(1);
  for (const uint32_t count : counts) add_bounds(plan, count);
  plan.add({.op = Op::storage_read, .m = storage_bytes}, 1, "");
  add_thread_counts(plan, scope);
  add_first_parts(plan, counts);
  for (const uint32_t count : counts)
    add_all(plan, count, count == scope.threads ? planned_experts() : std::vector<Problem>());
  add_whole_matrices(plan, scope.threads);
  add_repacking(plan, scope.threads);
  if (scope.extent == Extent::full) {
    add_each(plan, add_full, scope.threads);
    add_attention(plan, scope.threads);
  }
  return plan.take();
}

std::string describe_item(const PlanItem& item, const std::vector<const Kernel*>& kernels) {
  return fmt::format("{} threads={}{}{}{}{}", describe(item.problem), item.threads,
                     kernels.empty() ? "" : " ", kernels.empty() ? "" : kernels.front()->name,
                     item.size_classes.empty() ? "" : " ", fmt::join(item.size_classes, " "));
}

}  // namespace weighin
