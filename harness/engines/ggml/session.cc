#include "harness/engines/ggml/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <optional>

#include "harness/engines/ggml/plan.h"
#include "harness/gpu/job.h"

namespace weighin {
namespace {

using Kind = GpuEvent::Kind;

/// An engine that fails this often in one run is taken to fail on all items.
constexpr int most_children = 5, most_hangs = 2;

/// What a child told before it ended.
struct ChildReport {
  std::optional<size_t> begun;  // an item that it has not yet measured
  std::string failed;
  bool finished = false;
  std::string error;  // what the store said
};

std::string reason_of_end(const tl::expected<ProcessResult, std::string>& result, const ChildReport& report,
                          std::chrono::milliseconds silence) {
  if (!result) return result.error();
  if (!report.failed.empty()) return report.failed;
  if (result->timed_out)
    return fmt::format("llama.cpp's library did not answer for {} s and was stopped",
                       silence / std::chrono::seconds(1));
  if (result->signal != 0) return fmt::format("llama.cpp's library crashed: {}", strsignal(result->signal));
  return fmt::format("the child process ended with exit code {}", result->exit_code);
}

/// "cpu", "vulkan", "cuda": the library's name of a device without its number.
std::string backend_of(std::string device) {
  while (!device.empty() && std::isdigit(static_cast<unsigned char>(device.back()))) device.pop_back();
  for (char& letter : device) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return device.empty() ? "cpu" : device;
}

class EngineSession {
 public:
  EngineSession(const Host& host, EngineJob job, const EngineHooks& hooks, std::chrono::milliseconds silence)
      : host_(host),
        job_(std::move(job)),
        hooks_(hooks),
        silence_(silence),
        plan_(engine_plan(job_.threads)) {}

  /// Leaves out what `already` measured.
  void leave_out(std::span<const Measurement> already) {
    for (size_t i = 0; i < plan_.size(); ++i)
      if (std::any_of(already.begin(), already.end(), [&](const Measurement& m) {
            return m.of_engine() && m.gpu.empty() && m.status == Status::measured &&
                   m.problem == plan_[i].problem && m.threads == plan_[i].threads;
          }))
        job_.done.insert(i);
  }

  tl::expected<EngineOutcome, std::string> run() {
    const auto begin = std::chrono::steady_clock::now();
    const double budget_s = job_.budget_s;
    int hangs = 0;
    for (int child = 0; child < most_children; ++child) {
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
      job_.budget_s = std::max(0.0, budget_s - passed.count());
      ChildReport report;
      const auto result =
          host_.stream_process({host_.program.string(), engine_child_command, job_json(job_)}, silence_,
                               [&](const std::string& line) { return take_line(line, report); });
      if (!report.error.empty()) return tl::unexpected(report.error);
      if (report.finished || hooks_.stop()) break;
      const std::string reason = reason_of_end(result, report, silence_);
      outcome_.failures.push_back(reason);
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
    if (!event) return !hooks_.stop();  // a line that the library printed
    switch (event->kind) {
      case Kind::opened:
        outcome_.opened = opened_from(event->text);
        if (job_.device == 0) break;
        gpu_ = hooks_.gpu_id ? hooks_.gpu_id(outcome_.opened) : "";
        if (gpu_.empty()) report.finished = true;
        return !gpu_.empty();
      case Kind::began:
        report.begun = event->item;
        if (event->item) hooks_.progress(*event->item, event->items);
        break;
      case Kind::measured:
        if (!event->item || *event->item >= plan_.size()) break;
        if (report.begun == event->item) report.begun.reset();
        if (auto kept = keep(*event->item, event->row); !kept) report.error = kept.error();
        break;
      case Kind::failed:
        report.failed = event->text;
        outcome_.no_device = event->text.starts_with(no_such_device);
        break;
      case Kind::finished:
        report.finished = true;
        break;
      case Kind::tuned:
        break;
    }
    return report.error.empty() && !hooks_.stop();
  }

  tl::expected<void, std::string> keep(size_t item, Measurement row) {
    row.backend = backend_of(outcome_.opened.device);
    row.gpu = gpu_;
    row.engine = outcome_.opened.engine;
    row.problem = plan_[item].problem;
    row.threads = plan_[item].threads;
    row.size_classes = plan_[item].size_classes;
    job_.done.insert(item);
    outcome_.measured += row.status == Status::measured;
    outcome_.skipped += row.status == Status::skipped;
    outcome_.wrong += row.status == Status::wrong;
    return hooks_.record(row);
  }

  tl::expected<void, std::string> keep_failure(size_t item, const std::string& reason) {
    Measurement row;
    row.kernel = fmt::format("ggml.{}", op_name(plan_.at(item).problem.op));
    row.status = Status::failed;
    row.reason = reason;
    return keep(item, std::move(row));
  }

  const Host& host_;
  std::string gpu_;
  EngineJob job_;
  const EngineHooks& hooks_;
  std::chrono::milliseconds silence_;
  std::vector<PlanItem> plan_;
  EngineOutcome outcome_;
};

}  // namespace

tl::expected<EngineOutcome, std::string> measure_engine_in_child(const Host& host, EngineJob job,
                                                                 std::span<const Measurement> already,
                                                                 const EngineHooks& hooks,
                                                                 std::chrono::milliseconds silence) {
  if (host.program.empty() || !host.stream_process)
    return EngineOutcome{
        .opened = {},
        .failures = {"this program's own file is not known, so no child process could measure"}};
  EngineSession session(host, std::move(job), hooks, silence);
  session.leave_out(already);
  return session.run();
}

}  // namespace weighin
