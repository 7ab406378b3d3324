#include "harness/engines/onnx/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "harness/engines/engines.h"
#include "harness/engines/onnx/plan.h"
#include "harness/engines/temporary_folder.h"
#include "harness/timing/statistics.h"
#include "models/source/location.h"
#include "models/text/json_value.h"
#include "results/measured/engine_efficiency.h"

namespace weighin {
namespace {

using nlohmann::json;

constexpr const char* script_file = "engines/onnxruntime/run";

/// The format that a graph of the problem has. That of attention's cache is not one of ONNX Runtime's, and
/// norms and activations are f32 in all files but onnx-fp16.
std::string_view graph_format(const Problem& problem) {
  const bool of_weights = problem.op == Op::gemm || problem.op == Op::embedding;
  return of_weights ? format_of(problem.format).name : "f32";
}

json job_of(const std::vector<Problem>& problems, uint32_t threads, double budget_s) {
  json list = json::array();
  for (const Problem& p : problems)
    list.push_back({{"op", op_name(p.op)},
                    {"format", graph_format(p)},
                    {"m", p.m},
                    {"n", p.n},
                    {"k", p.k},
                    {"heads", p.heads}});
  return {{"threads", threads}, {"budget_s", budget_s}, {"problems", list}};
}

class OnnxSession {
 public:
  OnnxSession(std::vector<Problem> problems, uint32_t threads, const OnnxHooks& hooks)
      : problems_(std::move(problems)), threads_(threads), hooks_(hooks) {}

  /// Takes one line of the child's. False ends the child.
  bool take_line(const std::string& text) {
    const json line = json::parse(text, nullptr, false);
    if (const auto engine = json_field<std::string>(line, "engine")) {
      outcome.engine = fmt::format("{} {}", onnxruntime_engine,
                                   plain_text(json_field<std::string>(line, "build").value_or("")));
    } else if (const auto index = json_field<uint64_t>(line, "index"); index && *index < problems_.size()) {
      hooks_.progress(static_cast<size_t>(*index) + 1, problems_.size());
      if (auto kept = hooks_.record(row_of(static_cast<size_t>(*index), line)); !kept) error = kept.error();
    }
    return error.empty() && !hooks_.stop();
  }

  OnnxOutcome outcome;
  std::string error;  // of the store

 private:
  Measurement row_of(size_t index, const json& line) {
    Measurement row;
    row.engine = outcome.engine;
    row.problem = problems_[index];
    row.threads = threads_;
    row.kernel = fmt::format("onnxruntime.{}.{}", op_name(row.problem.op), graph_format(row.problem));
    const auto samples = json_field<std::vector<double>>(line, "samples");
    if (samples && !samples->empty() &&
        std::all_of(samples->begin(), samples->end(), [](double s) { return s > 0; })) {
      row.samples = *samples;
      row.seconds = median(*samples);
      row.spread = median_spread(*samples);
      row.error = json_field<double>(line, "error").value_or(0);
      const bool right = row.error <= json_field<double>(line, "tolerance").value_or(0);
      row.status = right ? Status::measured : Status::wrong;
      ++(right ? outcome.measured : outcome.wrong);
    } else if (json_field<bool>(line, "skipped").value_or(false)) {
      row.status = Status::skipped;
      row.reason = "budget";
      ++outcome.skipped;
    } else {
      row.status = Status::failed;
      row.reason =
          plain_text(json_field<std::string>(line, "failed").value_or("it gave no times above zero"));
      ++outcome.failed;
    }
    return row;
  }

  std::vector<Problem> problems_;
  uint32_t threads_;
  const OnnxHooks& hooks_;
};

}  // namespace

tl::expected<std::string, std::string> onnx_script(const Host& host) {
  const std::filesystem::path script = beside_program(host, script_file);
  if (script.empty())
    return tl::unexpected(fmt::format("scripts/{} is not beside this program", script_file));
  if (!host.run_process) return tl::unexpected(std::string("no program can be run here"));
  constexpr auto limit = std::chrono::seconds(10);
  const auto found = host.run_process({script.string(), "--found"}, limit);
  if (!found) return tl::unexpected(found.error());
  if (found->exit_code != 0)
    return tl::unexpected(
        fmt::format("ONNX Runtime is not installed: {} --install fetches it (npm package onnxruntime-node)",
                    script.string()));
  return script.string();
}

tl::expected<OnnxOutcome, std::string> measure_onnx_runtime(const Host& host, const OnnxSettings& settings,
                                                            std::span<const Measurement> already,
                                                            const OnnxHooks& hooks,
                                                            std::chrono::milliseconds silence) {
  std::vector<Problem> problems = onnx_problems();
  const std::regex only(settings.only);  // the plan of the run itself was made by it before
  std::erase_if(problems, [&](const Problem& problem) {
    return !std::regex_search(fmt::format("{} {}", onnxruntime_engine, describe(problem)), only);
  });
  std::erase_if(problems, [&](const Problem& problem) {
    return std::any_of(already.begin(), already.end(), [&](const Measurement& m) {
      return m.engine.starts_with(onnxruntime_engine) && m.status == Status::measured &&
             m.problem == problem && m.threads == settings.threads;
    });
  });
  if (problems.empty()) return OnnxOutcome{};
  const auto folder = TemporaryFolder::make("weighin-onnx");
  if (!folder) return tl::unexpected(folder.error());
  const std::filesystem::path job = folder->path() / "job.json";
  std::ofstream(job) << job_of(problems, settings.threads, settings.budget_s).dump();
  if (!host.stream_process) return tl::unexpected(std::string("no program can be run here"));
  OnnxSession session(std::move(problems), settings.threads, hooks);
  const auto result = host.stream_process({settings.script, job.string()}, silence,
                                          [&](const std::string& line) { return session.take_line(line); });
  if (!session.error.empty()) return tl::unexpected(session.error);
  OnnxOutcome& outcome = session.outcome;
  if (!result) {
    outcome.failure = result.error();
  } else if (result->timed_out) {
    outcome.failure = fmt::format("ONNX Runtime did not answer for {} s and was stopped",
                                  silence / std::chrono::seconds(1));
  } else if (result->signal && !hooks.stop()) {
    outcome.failure = fmt::format("ONNX Runtime crashed: {}", strsignal(result->signal));
  } else if (result->exit_code > 0) {
    outcome.failure = fmt::format("{} ended with exit code {}", settings.script, result->exit_code);
  }
  return outcome;
}

}  // namespace weighin
