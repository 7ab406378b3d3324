#include "harness/engines/ggml/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "harness/child/run_children.h"
#include "harness/engines/ggml/plan.h"

namespace weighin {
namespace {

using Kind = ChildEvent::Kind;

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

  /// Leaves out what `already` measured on the CPU. Which GPU the job's is, is known when its libraries are
  /// opened: it is measured again.
  void leave_out(std::span<const Measurement> already) {
    if (job_.device != 0) return;
    for (size_t i = 0; i < plan_.size(); ++i)
      if (std::any_of(already.begin(), already.end(), [&](const Measurement& m) {
            return m.of_engine() && m.gpu.empty() && m.status == Status::measured &&
                   m.problem == plan_[i].problem && m.threads == plan_[i].threads;
          }))
        job_.done.insert(i);
  }

  tl::expected<EngineOutcome, std::string> run() {
    auto failures = run_children(
        host_,
        {.command = engine_child_command,
         .what = "llama.cpp's library",
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
    if (event.kind == Kind::opened) {
      outcome_.opened = opened_from(event.text);
      if (job_.device == 0) return AfterEvent::next;
      gpu_ = hooks_.gpu_id ? hooks_.gpu_id(outcome_.opened) : "";
      return gpu_.empty() ? AfterEvent::enough : AfterEvent::next;
    }
    if (event.kind == Kind::failed) outcome_.no_device = event.text.starts_with(no_such_device);
    if (event.kind == Kind::began && event.item) hooks_.progress(*event.item, event.items);
    if (event.kind != Kind::measured || !event.item || *event.item >= plan_.size()) return AfterEvent::next;
    if (auto kept = keep(*event.item, event.row); !kept) return tl::unexpected(kept.error());
    return AfterEvent::item_done;
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
    outcome_.skipped += row.status == Status::skipped && row.reason == "budget";
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
