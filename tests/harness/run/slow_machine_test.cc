// A machine whose kernels are twenty times slower, and which has one thread: what the default budget still
// measures.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <set>
#include <tuple>

#include "harness/run/session.h"
#include "kernels/table/all_kernels.h"
#include "models/names/catalogue.h"
#include "probes/all_probes.h"
#include "results/store/store.h"
#include "tests/harness/database_test.h"

namespace weighin {
namespace {

constexpr double slower = 20, budget_s = 90;

/// A made machine: its kernels only move its clock on, by what they would take on a core of 2020 that is
/// `slower`.
struct SlowMachine {
  double clock_s = 0;
  std::deque<Kernel> kernels;
  std::map<std::pair<Op, FormatId>, const Kernel*> known;

  std::vector<const Kernel*> kernels_for_problem(const Problem& problem);
};

/// Seconds of `problem`: at 10 GB/s, or at 60% of the arithmetic of ArithmeticRates, whichever takes longer.
double seconds_of(const Problem& problem) {
  const Cost cost = cost_of(problem);
  const ArithmeticRates rates;
  const Op peak = is_bound(problem.op) ? problem.op : peak_of(problem);
  const double rate = peak == Op::peak_int8 ? rates.int8 : peak == Op::peak_bf16 ? rates.bf16 : rates.fp32;
  return slower * std::max({1e-6, cost.bytes() / 10e9, cost.operations / (0.6 * rate)});
}

class MadeWork : public Prepared {
 public:
  MadeWork(SlowMachine& machine, double seconds) : machine_(machine), seconds_(seconds) {}
  void run() noexcept override { machine_.clock_s += seconds_; }
  Check check(uint32_t) override {
    run();
    return {0, 1};
  }
  double own_seconds() const override { return seconds_; }

 private:
  SlowMachine& machine_;
  double seconds_;
};

std::vector<const Kernel*> SlowMachine::kernels_for_problem(const Problem& problem) {
  const auto [place, fresh] = known.try_emplace({problem.op, problem.format}, nullptr);
  if (fresh) {
    const auto prepare = [this](const Problem& of, Workbench&) -> PreparedOrError {
      // Operands are filled and checked at about 1 GB/s, by code that is not slower here.
      clock_s += 2e-3 + 4.0 * of.n * of.k / 1e9;
      return std::make_unique<MadeWork>(*this, seconds_of(of));
    };
    kernels.push_back({"cpu.made", problem.op, problem.format, Isa::scalar, prepare});
    place->second = &kernels.back();
  }
  return {place->second};
}

/// The thread count, class, format and operation of every product that was measured.
using Products = std::set<std::tuple<uint32_t, std::string, FormatId, Op>>;

void expect_ranked_formats(const Products& measured, uint32_t threads) {
  for (const SizeClass& size_class : all_size_classes()) {
    for (const FileFormatId id : ranked_formats()) {
      const FormatId format = file_format_of(id).base;
      if (reference_model(size_class).width % format_of(format).block_values != 0)
        continue;  // falls back to another
      for (const Op op : {Op::gemv, Op::gemm})
        EXPECT_TRUE(measured.contains({threads, std::string(size_class.name), format, op}))
            << size_class.name << " " << format_of(format).name << " " << op_name(op);
    }
  }
}

TEST(SlowMachine, EveryClassHasDecodeAndPrefillInSixFormats) {
  ASSERT_EQ(ranked_formats().size(), 6U);
  SlowMachine machine;
  Products measured;
  size_t skipped = 0;
  ArithmeticRates rates;
  rates = {rates.fp32 / slower, rates.bf16 / slower, rates.int8 / slower};
  const auto plan = make_plan({.threads = 1, .rates = rates});
  RunSettings settings{
      .kernels = [&](const Problem& problem) { return machine.kernels_for_problem(problem); },
      .working_set_bytes = uint64_t{2} << 20,
      .memory_budget_bytes = uint64_t{8} << 30,
      .storage_folder = "",
      .budget_s = budget_s,
      .flags = {}};
  settings.now_s = [&] { return machine.clock_s; };
  const auto outcome =
      run_plan(plan, {}, settings,
               {.stop = [] { return false; },
                .record = [&](const Measurement& row) -> tl::expected<void, std::string> {
                  skipped += row.status == Status::skipped;
                  if (row.status != Status::measured) return {};
                  for (const std::string& size_class : row.size_classes)
                    measured.emplace(row.threads, size_class, row.problem.format, row.problem.op);
                  return {};
                },
                .progress = [](const RunProgress&) {}});
  ASSERT_TRUE(outcome) << outcome.error();
  EXPECT_EQ(*outcome, Outcome::budget);
  EXPECT_GT(skipped, 0U) << "so slow a machine cannot measure all";
  expect_ranked_formats(measured, 1);
}

/// A kernel of this machine that does everything `slower` times.
class SlowedWork : public Prepared {
 public:
  explicit SlowedWork(std::unique_ptr<Prepared> work) : work_(std::move(work)) {}
  void run() noexcept override {
    for (int i = 0; i < static_cast<int>(slower); ++i) work_->run();
  }
  Check check(uint32_t samples) override { return work_->check(samples); }
  double own_seconds() const override {
    return work_->own_seconds() < 0 ? -1 : slower * work_->own_seconds();
  }

 private:
  std::unique_ptr<Prepared> work_;
};

class SlowedSession : public DatabaseTest {};

// The same with this machine's own kernels, which takes 90 s and loads a core, so that it runs by hand alone
// (docs/performance.md).
TEST_F(SlowedSession, EveryClassHasDecodeAndPrefillInSixFormats) {
  if (std::getenv("WEIGHIN_SLOWED") == nullptr)
    GTEST_SKIP() << "takes 90 s: runs where WEIGHIN_SLOWED is set";
  static std::map<const Kernel*, Kernel> slowed;
  const KernelChoice here = kernels_here();
  SessionOptions options;
  options.threads = 1;
  options.budget_s = budget_s;
  options.cpu_alone = true;
  options.kernels = [here](const Problem& problem) {
    std::vector<const Kernel*> kernels;
    for (const Kernel* kernel : here(problem)) {
      const auto [place, fresh] = slowed.try_emplace(kernel, *kernel);
      if (fresh) {
        place->second.prepare = [kernel](const Problem& of, Workbench& bench) -> PreparedOrError {
          auto work = kernel->prepare(of, bench);
          if (!work) return tl::unexpected(work.error());
          return std::make_unique<SlowedWork>(std::move(*work));
        };
      }
      kernels.push_back(&place->second);
    }
    return kernels;
  };
  const Host host = this_host();
  const Machine machine = probe_machine(host);
  const auto items = session_plan(machine, options);
  ASSERT_TRUE(items);
  const auto result = run_session(
      host, machine, database_, *items, options, [] { return false; }, [](const RunProgress&) {});
  ASSERT_TRUE(result) << result.error();
  for (const std::string& warning : result->warnings) std::printf("%s\n", warning.c_str());
  Products measured;
  const auto store = Store::open(database_, Access::read);
  ASSERT_TRUE(store);
  const auto rows = store->measurements_of_run(result->run);
  ASSERT_TRUE(rows);
  for (const Measurement& row : *rows) {
    if (row.status != Status::measured) continue;
    for (const std::string& size_class : row.size_classes)
      measured.emplace(row.threads, size_class, row.problem.format, row.problem.op);
  }
  expect_ranked_formats(measured, 1);
}

}  // namespace
}  // namespace weighin
