#include "harness/timing/benchmark_adapter.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

namespace weighin {
namespace {

/// Hides Google Benchmark's own table, since only the command line prints.
class Quiet : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

void run_one(benchmark::State& state, const TimedBenchmark& timed) {
  if (const auto ready = timed.begin(); !ready) {
    state.SkipWithError(ready.error().c_str());
    return;
  }
  for (auto _ : state) state.SetIterationTime(timed.sample());
  timed.end();
}

}  // namespace

tl::expected<BenchmarkFlags, std::string> take_benchmark_flags(const std::vector<std::string>& given) {
  BenchmarkFlags flags{.given = given};
  std::vector<std::string> words = given;
  std::vector<char*> arguments;
  static std::string program = "weighin";  // Google Benchmark keeps the pointer
  arguments.push_back(program.data());
  for (std::string& word : words) {
    flags.list |= word == "--benchmark_list_tests" || word == "--benchmark_list_tests=true";
    flags.own_count |= word.starts_with("--benchmark_min_time");
    arguments.push_back(word.data());
  }
  auto count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (count > 1)
    return tl::unexpected(
        fmt::format("\"{}\" is not a flag of Google Benchmark, or its value is not one; `weighin run -- "
                    "--help` lists them",
                    arguments[1]));
  return flags;
}

void run_benchmarks(const std::vector<TimedBenchmark>& benchmarks, const BenchmarkFlags& flags) {
  benchmark::ClearRegisteredBenchmarks();
  for (const TimedBenchmark& timed : benchmarks) {
    benchmark::internal::Benchmark* registered = benchmark::RegisterBenchmark(
        timed.name.c_str(), [&timed](benchmark::State& state) { run_one(state, timed); });
    registered->UseManualTime();
    if (!flags.own_count) registered->Iterations(timed.samples);
  }
  Quiet quiet;
  if (flags.given.empty()) {
    benchmark::RunSpecifiedBenchmarks(&quiet, ".*");
  } else {
    benchmark::RunSpecifiedBenchmarks();
  }
  benchmark::ClearRegisteredBenchmarks();
}

}  // namespace weighin
