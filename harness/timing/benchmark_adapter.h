// Google Benchmark as the loop that times: its flags, its tables and its files are at hand, and one list of
// benchmarks runs in the order given.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace weighin {

/// One benchmark: called once a repetition (or as often as Google Benchmark needs to reach its minimum time).
/// `begin` makes it ready; its error is a sentence and skips the benchmark. `sample` does the work once and
/// returns the seconds it took.
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
  bool list = false;       // --benchmark_list_tests: nothing is measured
  bool own_count = false;  // --benchmark_min_time: it decides how many samples a repetition takes
};

/// Hands the flags to Google Benchmark. Error: the first it does not know.
tl::expected<BenchmarkFlags, std::string> take_benchmark_flags(const std::vector<std::string>& given);

/// Runs `benchmarks` in order, as many samples of each as it asks for unless the flags say otherwise. Google
/// Benchmark's own table is shown only where flags were given.
void run_benchmarks(const std::vector<TimedBenchmark>& benchmarks, const BenchmarkFlags& flags);

}  // namespace weighin
