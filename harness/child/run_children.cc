#include "harness/child/run_children.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace weighin {
namespace {

using Kind = ChildEvent::Kind;

/// What fails this often in one run is taken to fail on all items.
constexpr int most_children = 5, most_hangs = 2;

/// What a child told before it ended.
struct ChildReport {
  std::optional<size_t> begun;  // an item that it has not yet measured
  std::string failed;
  bool finished = false;
  std::string error;  // what the store said
};

/// Why a child ended without saying that it had finished.
std::string reason_of_end(const tl::expected<ProcessResult, std::string>& result, const ChildReport& report,
                          const ChildWork& work) {
  if (!result) return result.error();
  if (!report.failed.empty()) return report.failed;
  if (result->timed_out)
    return fmt::format("{} did not answer for {} s and was stopped", work.what,
                       work.silence / std::chrono::seconds(1));
  if (result->signal != 0) return fmt::format("{} crashed: {}", work.what, strsignal(result->signal));
  return fmt::format("the child process ended with exit code {}", result->exit_code);
}

/// Takes one line of the child's. False ends the child.
bool take_line(const std::string& line, const ChildWork& work, ChildReport& report) {
  const auto event = event_from_json(line);
  if (!event) return !work.stop();  // a line that the driver or the library printed
  if (event->kind == Kind::began) report.begun = event->item;
  if (event->kind == Kind::failed) report.failed = event->text;
  if (event->kind == Kind::finished) report.finished = true;
  const auto after = work.take(*event);
  if (!after) report.error = after.error();
  if (after == AfterEvent::item_done && report.begun == event->item) report.begun.reset();
  if (after == AfterEvent::enough) report.finished = true;
  return after && after != AfterEvent::enough && !work.stop();
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> run_children(const Host& host, const ChildWork& work) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::string> reasons;
  int hangs = 0;
  for (int child = 0; child < most_children; ++child) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    ChildReport report;
    const auto result = host.stream_process(
        {host.program.string(), work.command, work.job(std::max(0.0, work.budget_s - passed.count()))},
        work.silence, [&](const std::string& line) { return take_line(line, work, report); });
    if (!report.error.empty()) return tl::unexpected(report.error);
    if (report.finished || work.stop()) break;
    const std::string reason = reason_of_end(result, report, work);
    reasons.push_back(reason);
    // Where no item was begun there is none to leave out, and another child would end in the same way.
    if (!report.begun) break;
    if (auto kept = work.keep_failure(*report.begun, reason); !kept) return tl::unexpected(kept.error());
    hangs += result && result->timed_out;
    if (hangs == most_hangs) break;
  }
  return reasons;
}

}  // namespace weighin
