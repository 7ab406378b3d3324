#include "harness/gpu/session.h"

#include "kernels/table/all_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace weighin {
namespace {

using Kind = GpuEvent::Kind;

/// A driver that fails this often in one run is taken to fail on all items.
constexpr int most_children = 5, most_hangs = 2;

/// The working set and memory of a software device: its memory is the machine's, and its caches are the
/// CPU's.
constexpr uint64_t software_working_set = 64ull << 20, software_memory = 512ull << 20;
/// The working set of a GPU: four times the largest caches there are (256 MiB), where a quarter of its memory
/// allows that.
constexpr uint64_t gpu_working_set = 1ull << 30;

/// What a child told before it ended.
struct ChildReport {
  std::optional<size_t> begun;  // an item that it has not yet measured
  std::string failed;
  bool finished = false;
  std::string error;  // what the store said
};

/// Why a child ended without saying that it had finished.
std::string reason_of_end(const tl::expected<ProcessResult, std::string>& result, const ChildReport& report,
                          std::chrono::milliseconds silence) {
  if (!result) return result.error();
  if (!report.failed.empty()) return report.failed;
  if (result->timed_out)
    return fmt::format("the driver did not answer for {} s and was stopped",
                       silence / std::chrono::seconds(1));
  if (result->signal != 0) return fmt::format("the driver crashed: {}", strsignal(result->signal));
  return fmt::format("the child process ended with exit code {}", result->exit_code);
}

class GpuSession {
 public:
  GpuSession(const Host& host, GpuJob job, const GpuHooks& hooks, std::chrono::milliseconds silence)
      : host_(host), job_(std::move(job)), hooks_(hooks), silence_(silence), plan_(gpu_plan(job_)) {}

  tl::expected<GpuOutcome, std::string> run() {
    const auto begin = std::chrono::steady_clock::now();
    const double budget_s = job_.budget_s;
    int hangs = 0;
    for (int child = 0; child < most_children; ++child) {
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
      job_.budget_s = std::max(0.0, budget_s - passed.count());
      ChildReport report;
      const auto result =
          host_.stream_process({host_.program.string(), gpu_child_command, job_json(job_)}, silence_,
                               [&](const std::string& line) { return take_line(line, report); });
      if (!report.error.empty()) return tl::unexpected(report.error);
      if (report.finished || hooks_.stop()) break;
      const std::string reason = reason_of_end(result, report, silence_);
      outcome_.failures.push_back(reason);
      // Where no item was begun there is none to leave out, and another child would end in the same way.
      if (!report.begun) break;
      if (auto kept = keep_failure(*report.begun, reason); !kept) return tl::unexpected(kept.error());
      hangs += result && result->timed_out;
      if (hangs == most_hangs) break;
    }
    return outcome_;
  }

 private:
  /// Takes one line of the child's. False ends the child.
  bool take_line(const std::string& line, ChildReport& report) {
    const auto event = event_from_json(line);
    if (!event) return !hooks_.stop();  // a line that the driver printed
    switch (event->kind) {
      case Kind::began:
        report.begun = event->item;
        hooks_.progress(job_.done.size(), event->items);
        break;
      case Kind::measured:
        if (auto kept = keep(event->item, event->row); !kept) report.error = kept.error();
        break;
      case Kind::tuned:
        if (auto kept = keep_tuning(event->tuning); !kept) report.error = kept.error();
        break;
      case Kind::failed:
        report.failed = event->text;
        break;
      case Kind::finished:
        report.finished = true;
        break;
      case Kind::opened:
        break;
    }
    return report.error.empty() && !hooks_.stop();
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
