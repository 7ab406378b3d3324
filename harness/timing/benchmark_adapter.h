// Google Benchmark as the loop that times. Its flags, tables and files can be used, and one list of
// benchmarks runs in the order given.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace weighin {

/// One benchmark. It is called once a repetition, or as often as Google Benchmark needs to reach its minimum
/// time. `begin` makes it ready; an error is a sentence, and skips the benchmark. `sample` does the work once
/// and returns the seconds that it took.
struct TimedBenchmark {
  std::string name;
  unsigned samples = 1;
  std::function<tl::expected<void, std::string>()> begin;
  std::function<double()> sample;
  std::function<void()> end;
};

/// What the user asked of Google Benchmark, after `--`.
struct BenchmarkFlags {
  std::vector<std::string> given;
  bool list = false;  // --benchmark_list_tests: nothing is measured
  /// --benchmark_min_time: Google Benchmark decides how many samples a repetition takes.
  bool own_count = false;
};

/// Hands the flags to Google Benchmark. Error: the first flag that it does not know.
tl::expected<BenchmarkFlags, std::string> take_benchmark_flags(const std::vector<std::string>& given);

/// Runs `benchmarks` in order, with as many samples of each as it asks for, unless the flags say otherwise.
/// Google Benchmark's own table is shown only where flags were given.
void run_benchmarks(const std::vector<TimedBenchmark>& benchmarks, const BenchmarkFlags& flags);

}  // namespace weighin
