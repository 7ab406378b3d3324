#include "harness/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "harness/plan/experts.h"
#include "harness/plan/full_extent.h"
#include "harness/plan/plan_items.h"
#include "harness/plan/whole_matrices.h"
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
/// File formats of other containers whose blocks have kernels of their own.
constexpr std::array other_containers{FileFormatId::onnx_int8, FileFormatId::gptq_int4_g128};
/// The product of this class and format stands for its phase when thread counts are compared.
constexpr std::string_view compared_class = "1B";
constexpr FileFormatId compared_format = FileFormatId::q4_0;

void add_bounds(PlanItems& plan, uint32_t threads) {
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

void add_class(PlanItems& plan, const SizeClass& size_class, const FileFormat& format, uint32_t threads) {
  const ModelShape& model = reference_model(size_class);
  plan.add_step(decode_step(model, format, std::min(plan_depth, model.max_context) - 1), threads, size_class);
  plan.add_step(prefill_step(model, format, std::min(plan_prompt, model.max_context)), threads, size_class);
}

/// Adds, for each format that products `op` of `step` have, the one with the most operations.
void add_main_product(PlanItems& plan, const std::vector<ProblemUse>& step, Op op, uint32_t threads,
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
void add_main_products(PlanItems& plan, const SizeClass& size_class, const FileFormat& format,
                       uint32_t threads) {
  const ModelShape& model = reference_model(size_class);
  const auto decode = decode_step(model, format, std::min(plan_depth, model.max_context) - 1);
  const auto prefill = prefill_step(model, format, std::min(plan_prompt, model.max_context));
  add_main_product(plan, decode, Op::gemv, threads, size_class);
  add_main_product(plan, prefill, Op::gemm, threads, size_class);
}

/// Adds the product of `step` with the most operations, at `count` threads, in the size in which it is timed
/// with `all` threads.
void add_largest(PlanItems& plan, const std::vector<ProblemUse>& step, Op op, uint32_t all, uint32_t count) {
  const ProblemUse* largest = main_product(step, op);
  if (largest == nullptr) return;
  plan.add_slab(largest->problem, all,
                compared_class);  // added before others of its size, which it then stands for
  plan.add(plan.slab(largest->problem, all), count, "");
}

/// Adds what repacking each format costs when a model is loaded, in a product of the class that is compared.
void add_repacking(PlanItems& plan, uint32_t threads) {
  const uint32_t width = reference_model(*find_size_class(compared_class)).width;
  for (const QuantFormat& format : kernel_formats()) {
    const Problem product{.op = Op::gemv, .format = format.id, .m = width, .n = 1, .k = width};
    plan.add({.op = Op::repack, .format = format.id, .m = plan.slab(product, threads).m, .k = width}, threads,
             "");
  }
}

void add_thread_counts(PlanItems& plan, const PlanScope& scope) {
  const ModelShape& model = reference_model(*find_size_class(compared_class));
  const FileFormat& format = file_format_of(compared_format);
  for (const uint32_t count : scope.other_threads) {
    plan.add({.op = Op::barrier}, count, "");
    add_largest(plan, decode_step(model, format, plan_depth - 1), Op::gemv, scope.threads, count);
    add_largest(plan, prefill_step(model, format, plan_prompt), Op::gemm, scope.threads, count);
  }
}

/// Calls `add` for each class in every format.
void add_each(PlanItems& plan, void (*add)(PlanItems&, const SizeClass&, const FileFormat&, uint32_t),
              uint32_t count) {
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
void add_ranked(PlanItems& plan, uint32_t count) {
  const size_t first = plan.size();
  for (const FileFormatId id : ranked_formats())
    for (const SizeClass* size_class : classes_in_order())
      add_main_products(plan, *size_class, file_format_of(id), count);
  plan.group_by_weights(first);
}

/// Adds what matters most (parts 2 and 3 of the plan).
void add_first_parts(PlanItems& plan, const std::vector<uint32_t>& counts) {
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
void add_all(PlanItems& plan, uint32_t count, const std::vector<Problem>& experts) {
  plan.add({.op = Op::barrier}, count, "");
  const size_t first = plan.size();
  for (const Problem& problem : experts) plan.add(plan.slab(problem, count), count, "");
  for (const FileFormat* format : formats_in_order())
    for (const SizeClass* size_class : classes_in_order()) add_class(plan, *size_class, *format, count);
  plan.group_by_weights(first);
}

/// Adds a GPU's bounds, what giving it work costs, then each class in every format.
void add_gpu(PlanItems& plan, const PlanScope& scope) {
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
  add_full_attention(plan, 1);
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
  PlanItems plan(scope);
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
    add_full_attention(plan, scope.threads);
  }
  return plan.take();
}

std::string describe_item(const PlanItem& item, const std::vector<const Kernel*>& kernels) {
  return fmt::format("{} threads={}{}{}{}{}", describe(item.problem), item.threads,
                     kernels.empty() ? "" : " ", kernels.empty() ? "" : kernels.front()->name,
                     item.size_classes.empty() ? "" : " ", fmt::join(item.size_classes, " "));
}

}  // namespace weighin
