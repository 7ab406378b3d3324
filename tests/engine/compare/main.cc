// compare_llamacpp times llama.cpp's shipped kernels beside ours (scripts/compare-llamacpp calls it).
// It exits with 0 when every compared case was right on both sides, with 1 when one was wrong, with 2 when it
// could not be run as asked, and with 77 where llama.cpp's libraries are missing.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "harness/cli/options.h"
#include "harness/engines/ggml/library.h"
#include "harness/timing/kernel_race.h"
#include "kernels/table/all_kernels.h"
#include "tests/engine/compare/bars.h"
#include "tests/engine/compare/comparison.h"
#include "tests/engine/compare/table.h"

namespace {

using namespace weighin;

constexpr int exit_wrong = 1, exit_error = 2, exit_absent = 77;
/// The most memory that races take for weights.
constexpr uint64_t race_memory_bytes = uint64_t{256} << 20;

struct Options {
  std::string libraries, only;
  std::vector<uint32_t> threads;
  bool csv = false, list = false;
  uint64_t working_set_mib = 288;
  ComparisonOptions comparison;
};

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

/// What --only is matched with: the first two columns of the row.
std::string described(const ComparisonCase& of) {
  return fmt::format("{} {}", case_name(of.problem), of.threads);
}

/// The cases that --only names, in the order of the thread counts. Throws std::regex_error.
std::vector<ComparisonCase> chosen(const Options& options) {
  std::set<uint32_t> threads(options.threads.begin(), options.threads.end());
  if (threads.empty()) threads = {1, std::max(1U, std::thread::hardware_concurrency())};
  const std::regex only(options.only);
  std::vector<ComparisonCase> cases;
  for (const Problem& problem : comparison_problems(options.comparison)) {
    for (const uint32_t count : threads) {
      if (std::regex_search(described({problem, count}), only)) cases.push_back({problem, count});
    }
  }
  return cases;
}

/// The kernels of this machine that read plain weights. An engine that maps a file has no other choice, so
/// they are raced among themselves.
KernelChoice plain_kernels() {
  return [all = kernels_of(this_cpu())](const Problem& problem) {
    std::vector<const Kernel*> kernels = all(problem);
    std::erase_if(kernels, [](const Kernel* kernel) { return kernel->packing.rows > 0; });
    return kernels;
  };
}

/// Holds the races that a case needs, on one thread and on all that the cases use.
void race(KernelRaces& races, const Problem& problem, const std::vector<ComparisonCase>& cases) {
  uint32_t threads = 1;
  for (const ComparisonCase& of : cases) threads = std::max(threads, of.threads);
  races.hold(
      {&problem, 1}, race_timer(threads, race_memory_bytes), [] { return false; }, [](const KernelRace&) {});
}

int carry_out(Options options) {
  const std::vector<ComparisonCase> cases = chosen(options);
  if (cases.empty()) {
    fmt::print(stderr, "compare-llamacpp: no case matches --only '{}'; --list shows them.\n", options.only);
    return exit_error;
  }
  if (options.list) {
    for (const ComparisonCase& of : cases) print(described(of) + "\n");
    return 0;
  }
  const auto ggml = open_ggml(options.libraries);
  if (!ggml) {
    fmt::print(stderr, "compare-llamacpp: {}\n", ggml.error());
    return exit_absent;
  }
  if (!options.csv)
    print(fmt::format("llama.cpp's ggml {}, build {}; medians of {} alternations\n\n", ggml->version(),
                      ggml->variant, options.comparison.alternations));
  print(options.csv ? csv_head() : table_head());
  std::string wrong;
  size_t below = 0, compared = 0;
  KernelRaces races(kernels_of(this_cpu()), {}), plain_races(plain_kernels(), {});
  options.comparison.kernels = races.choice();
  options.comparison.plain_kernels = plain_races.choice();
  for (const ComparisonCase& of : cases) {
    race(races, of.problem, cases);
    if (is_matrix(of.problem.op)) race(plain_races, of.problem, cases);
    const auto comparison = compare(*ggml, of, options.comparison);
    if (!comparison) {
      if (options.csv) fmt::print(stderr, "{}: not compared: {}\n", described(of), comparison.error());
      if (!options.csv) print(table_line(of, comparison.error()));
      continue;
    }
    print(options.csv ? csv_line(*comparison) : table_line(*comparison));
    if (!comparison->right())
      wrong += fmt::format("{}: ours is off by {:.3g} of {:.3g}, theirs by {:.3g} of {:.3g}\n", described(of),
                           comparison->check.error, comparison->check.tolerance,
                           comparison->their_check.error, comparison->their_check.tolerance);
    below += missed(*comparison).size();
    ++compared;
  }
  if (compared == 0) {
    fmt::print(stderr, "compare-llamacpp: no case could be compared; the lines above say why.\n");
    return exit_error;
  }
  if (!options.csv) {
    print(below == 0 ? "\nEvery bar was reached.\n" : fmt::format("\n{} bars were missed.\n", below));
  }
  if (!wrong.empty()) fmt::print(stderr, "Wrong, off by more than allowed:\n{}", wrong);
  return wrong.empty() ? 0 : exit_wrong;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line("compare-llamacpp",
                   "llama.cpp's shipped kernels timed beside ours, in turn with the bound of both");
  Options options;
  const Command program = line.program();
  program.option("--libraries", &options.libraries, "Folder of llama.cpp's libraries (libggml*.so)")
      .type_name("FOLDER")
      .required();
  program.option("--only", &options.only, "Cases that match, e.g. 'prefill q4_' or 'decode .* 1$'")
      .type_name("REGEX");
  program.option("--threads", &options.threads, "Thread counts; default one and all").separated_by(',');
  program.option("--alternations", &options.comparison.alternations, "Samples of each; default 15")
      .positive();
  program.option("--size", &options.comparison.size, "m and k of the matrices; default 4096").positive();
  program
      .option("--working-set", &options.working_set_mib, "MiB of weights that decode walks over; default 288")
      .positive();
  program.flag("--csv", &options.csv, "Comma-separated values, with errors and kernels' names");
  program.flag("--list", &options.list, "Only list the cases");
  if (const auto parsed = line.parse(argc, argv); !parsed) return parsed.error() ? 0 : exit_error;
  options.comparison.working_set_bytes = options.working_set_mib << 20;
  try {
    return carry_out(options);
  } catch (const std::regex_error& error) {
    fmt::print(stderr, "compare-llamacpp: --only '{}' is no regular expression: {}\n", options.only,
               error.what());
    return exit_error;
  }
}
