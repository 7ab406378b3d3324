#include "harness/gpu/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/child/run_children.h"
#include "kernels/table/all_kernels.h"

namespace weighin {
namespace {

using Kind = ChildEvent::Kind;

/// The working set and memory of a software device: its memory is the machine's, and its caches are the
/// CPU's.
constexpr uint64_t software_working_set = 64ull << 20, software_memory = 512ull << 20;
/// The working set of a GPU: four times the largest caches there are (256 MiB), where a quarter of its memory
/// allows that.
constexpr uint64_t gpu_working_set = 1ull << 30;

class GpuSession {
 public:
  GpuSession(const Host& host, GpuJob job, const GpuHooks& hooks, std::chrono::milliseconds silence)
      : host_(host), job_(std::move(job)), hooks_(hooks), silence_(silence), plan_(gpu_plan(job_)) {}

  tl::expected<GpuOutcome, std::string> run() {
    auto failures = run_children(
        host_,
        {.command = gpu_child_command,
         .what = "the driver",
         .budget_s = job_.budget_s,
         .silence = silence_,
         .job =
             [&](double budget_s) {
               job_.budget_s = budget_s;
               return job_json(job_);
             },
         .stop = hooks_.stop,
         .take = [&](const ChildEvent& event) { return take(event); },
         .keep_failure = [&](size_t item, const std::string& reason) { return keep_failure(item, reason); }});
    if (!failures) return tl::unexpected(failures.error());
    outcome_.failures = std::move(*failures);
    return outcome_;
  }

 private:
  tl::expected<AfterEvent, std::string> take(const ChildEvent& event) {
    tl::expected<void, std::string> kept;
    if (event.kind == Kind::began) hooks_.progress(job_.done.size(), event.items);
    if (event.kind == Kind::measured) kept = keep(event.item, event.row);
    if (event.kind == Kind::tuned) kept = keep_tuning(event.tuning);
    if (!kept) return tl::unexpected(kept.error());
    // An item that was measured may be measured again for a narrower interval, without being begun again.
    return AfterEvent::next;
  }

  tl::expected<void, std::string> keep(const std::optional<size_t>& item, Measurement row) {
    row.backend = backend_name(Backend::vulkan);
    row.gpu = job_.gpu;
    row.threads = 1;
    if (item && *item < plan_.size()) {
      row.problem = plan_[*item].problem;
      row.size_classes = plan_[*item].size_classes;
      job_.done.insert(*item);
    } else {
      row.problem.op = Op::allocate;
    }
    outcome_.measured += row.status == Status::measured;
    outcome_.budget_ended =
        outcome_.budget_ended || (row.status == Status::skipped && row.reason == "budget");
    return hooks_.record(row);
  }

  tl::expected<void, std::string> keep_failure(size_t item, const std::string& reason) {
    Measurement row;
    const auto kernel = std::find_if(all_kernels().begin(), all_kernels().end(), [&](const Kernel& k) {
      return k.backend == Backend::vulkan && k.op == plan_.at(item).problem.op &&
             (k.format == FormatId::none || k.format == plan_.at(item).problem.format);
    });
    row.kernel =
        kernel == all_kernels().end() ? std::string(op_name(plan_.at(item).problem.op)) : kernel->name;
    row.status = Status::failed;
    row.reason = reason;
    return keep(item, std::move(row));
  }

  tl::expected<void, std::string> keep_tuning(GpuTuning tuning) {
    tuning.gpu = job_.gpu;
    job_.tuned.push_back(tuning);
    return hooks_.keep_tuning(tuning);
  }

  const Host& host_;
  GpuJob job_;
  const GpuHooks& hooks_;
  std::chrono::milliseconds silence_;
  std::vector<PlanItem> plan_;
  GpuOutcome outcome_;
};

}  // namespace

tl::expected<GpuOutcome, std::string> measure_in_child(const Host& host, GpuJob job, const GpuHooks& hooks,
                                                       std::chrono::milliseconds silence) {
  if (host.program.empty() || !host.stream_process)
    return GpuOutcome{
        .failures = {"this program's own file is not known, so no child process could measure"}};
  return GpuSession(host, std::move(job), hooks, silence).run();
}

GpuJob job_for(const VulkanDevice& device, double budget_s, std::span<const Measurement> already) {
  GpuJob job{.gpu = device.id,
             .driver = device.driver,
             .manifest = device.driver_manifest,
             .software = device.software,
             .budget_s = budget_s,
             .only = "",
             .done = {},
             .tuned = {}};
  const uint64_t total = device.memory_total_bytes.value.value_or(0);
  const uint64_t free = std::min(total, device.memory_free_bytes.value.value_or(total));
  job.memory_budget_bytes = device.software ? software_memory : free / 2;
  job.working_set_bytes = device.software ? software_working_set : std::min(gpu_working_set, free / 4);
  if (device.max_storage_buffer_range)
    job.working_set_bytes = std::min(job.working_set_bytes, device.max_storage_buffer_range);
  const std::vector<PlanItem> plan = gpu_plan(job);
  for (size_t i = 0; i < plan.size(); ++i) {
    // Measured again, since the machine may be faster or slower in this part of the run.
    if (is_bound(plan[i].problem.op)) continue;
    const bool known = std::any_of(already.begin(), already.end(), [&](const Measurement& m) {
      return m.gpu == device.id && m.status == Status::measured && m.problem == plan[i].problem;
    });
    if (known) job.done.insert(i);
  }
  return job;
}

}  // namespace weighin
