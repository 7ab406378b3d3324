#include "harness/engines/measure_by_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>

#include "harness/engines/layer_difference.h"
#include "harness/engines/temporary_folder.h"
#include "models/synthetic/write_gguf.h"

namespace weighin {
namespace {

using Clock = std::chrono::steady_clock;

/// Layers of Llama 3.2 1B, of a model of 135M to 360M (in whole super-blocks of 256 values), and of Llama 3.1
/// 8B.
constexpr LayerSizes medium{2048, 8192, 32, 8, 64}, small{768, 2048, 12, 4, 64},
    large{4096, 14336, 32, 8, 128};
struct Unit {
  LayerSizes sizes;
  FileFormatId format;
};
/// Formats of files whose layers are alike: mixes such as Q4_K_M choose their formats by a layer's place.
constexpr std::array units{
    Unit{medium, FileFormatId::q4_0},   Unit{small, FileFormatId::q4_0},  Unit{medium, FileFormatId::q8_0},
    Unit{medium, FileFormatId::q4_K},   Unit{medium, FileFormatId::q6_K}, Unit{small, FileFormatId::q8_0},
    Unit{small, FileFormatId::q4_K},    Unit{small, FileFormatId::q6_K},  Unit{medium, FileFormatId::f16},
    Unit{medium, FileFormatId::q5_K_S}, Unit{large, FileFormatId::q4_0},  Unit{large, FileFormatId::q4_K},
    Unit{large, FileFormatId::q6_K},    Unit{large, FileFormatId::q8_0}};
/// Tokens of a test: enough that a prompt is computed as longer ones are, and few enough for the budget.
constexpr uint32_t prompt_tokens = 256, generated_tokens = 16, depth_tokens = 512, repetitions = 3;
/// An engine that fails twice in a row would fail again.
constexpr int most_failures = 2;
/// One run of the engine takes seconds; one that takes longer than this hangs.
constexpr std::chrono::seconds longest_run{120};

class Measuring {
 public:
  Measuring(const Host& host, std::string command, uint32_t threads, double budget_s,
            const DifferenceHooks& hooks, const std::filesystem::path& folder)
      : host_(host),
        hooks_(hooks),
        folder_(folder),
        budget_s_(budget_s),
        request_{.command = std::move(command),
                 .model = (folder / "layers.gguf").string(),
                 .prompt = prompt_tokens,
                 .generated = generated_tokens,
                 .threads = threads,
                 .repetitions = repetitions,
                 .folder = folder.string(),
                 .served = {},
                 .stop = hooks.stop} {}

  tl::expected<DifferenceOutcome, std::string> run() {
    int failed = 0;
    for (const Unit& unit : units) {
      if (hooks_.stop()) break;
      if (passed_s() > budget_s_) {
        outcome_.budget_ended = true;
        break;
      }
      const auto runs = runs_of(unit);
      if (!runs) {
        outcome_.failures.push_back(runs.error());
        if (++failed == most_failures) break;
        continue;
      }
      failed = 0;
      for (Measurement& row : rows_by_difference(unit.sizes, file_format_of(unit.format), *runs, rows_)) {
        row.engine = outcome_.engine;
        if (auto kept = hooks_.record(row); !kept) return tl::unexpected(kept.error());
        ++outcome_.measured;
        rows_.push_back(std::move(row));
      }
    }
    return outcome_;
  }

 private:
  double passed_s() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

  /// The tests of both models; over a cache too where no format of these sizes had them.
  tl::expected<DifferenceRuns, std::string> runs_of(const Unit& unit) {
    const FileFormat& format = file_format_of(unit.format);
    hooks_.progress(fmt::format("layers of width {} in {}", unit.sizes.width, format.name));
    const bool deep = std::none_of(rows_.begin(), rows_.end(), [&](const Measurement& m) {
      return is_attention(m.problem.op) && m.problem.k == unit.sizes.head_dim &&
             m.problem.heads == unit.sizes.heads;
    });
    std::vector<EngineReport> flat, filled;
    for (const uint32_t layers : {2U, 4U}) {
      const auto shape = shape_of_layers(unit.sizes, layers);
      if (!shape) return tl::unexpected(shape.error());
      const auto written = write_gguf(*shape, format, request_.model);
      if (!written) return tl::unexpected(written.error());
      for (const uint32_t depth : {0U, depth_tokens}) {
        if (depth && !deep) continue;
        request_.depth = depth;
        request_.limit = longest_run;
        auto report = run_engine(host_, request_);
        if (!report) return tl::unexpected(report.error());
        (depth ? filled : flat).push_back(std::move(*report));
      }
      std::error_code ignored;
      std::filesystem::remove(request_.model, ignored);
    }
    outcome_.engine =
        fmt::format("{}{}{}, by difference", flat[0].engine, flat[0].build.empty() ? "" : " ", flat[0].build);
    DifferenceRuns runs{
        .threads = request_.threads, .decode = {}, .prefill = {}, .deep_decode = {}, .deep_prefill = {}};
    if (auto taken = take_tests(flat[0], flat[1], 0, runs); !taken) return tl::unexpected(taken.error());
    if (deep)
      if (auto taken = take_tests(filled[0], filled[1], depth_tokens, runs); !taken)
        return tl::unexpected(taken.error());
    return runs;
  }

  const Host& host_;
  const DifferenceHooks& hooks_;
  std::filesystem::path folder_;
  double budget_s_;
  Clock::time_point begin_ = Clock::now();
  EngineRequest request_;
  DifferenceOutcome outcome_;
  std::vector<Measurement> rows_;
};

}  // namespace

tl::expected<DifferenceOutcome, std::string> measure_by_difference(const Host& host,
                                                                   const std::string& command,
                                                                   uint32_t threads, double budget_s,
                                                                   const DifferenceHooks& hooks) {
  const auto folder = TemporaryFolder::make("weighin-layers");
  if (!folder) return tl::unexpected(folder.error());
  return Measuring(host, command, threads, budget_s, hooks, folder->path()).run();
}

}  // namespace weighin
