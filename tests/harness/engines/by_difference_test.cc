// An engine measured by its own program: the arithmetic of layers, and a program that prints what it is told
// to.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "harness/engines/layer_difference.h"
#include "harness/engines/measure_by_difference.h"
#include "probes/host/host.h"
#include "results/measured/engine_costs.h"
#include "results/measured/predict.h"
#include "tests/expect_words.h"
#include "tests/folder.h"

namespace weighin {
namespace {

constexpr LayerSizes sizes{768, 2048, 12, 4, 64};

const Measurement* row_of(const std::vector<Measurement>& rows, Op op, FormatId format = FormatId::none) {
  for (const Measurement& row : rows)
    if (row.problem.op == op && (format == FormatId::none || row.problem.format == format)) return &row;
  return nullptr;
}

/// A head and start of 3 ms, and layers of 2 ms; prompts of 256 tokens take 5 ms and 40 ms a layer. 512
/// tokens in the cache add 0.5 ms a layer to a token, and 16 ms to a prompt.
DifferenceRuns runs() {
  const auto both = [](double rest, double layer) {
    return LayerRuns{{rest + 2 * layer, rest + 2 * layer, rest + 2 * layer},
                     {rest + 4 * layer, rest + 4 * layer, rest + 4 * layer}};
  };
  return {.threads = 2,
          .prompt = 256,
          .depth = 512,
          .decode = both(3e-3, 2e-3),
          .prefill = both(5e-3, 40e-3),
          .deep_decode = both(3e-3, 2.5e-3),
          .deep_prefill = both(5e-3, 56e-3)};
}

TEST(LayerDifference, IsHalfOfWhatTwoModelsDifferBy) {
  EXPECT_EQ(layer_seconds({{1, 1, 1}, {3, 5, 0.5}}), (std::vector<double>{1, 2}));
  EXPECT_TRUE(layer_seconds({{}, {}}).empty());
}

TEST(LayerDifference, RowsAreALayersProductsItsAttentionAndAGraphsStart) {
  const auto rows = rows_by_difference(sizes, file_format_of(FileFormatId::q4_0), runs(), {});
  for (const Measurement& row : rows) {
    EXPECT_TRUE(row.kernel.starts_with(difference_kernel)) << row.kernel;
    EXPECT_EQ(row.threads, 2u);
    EXPECT_TRUE(usable(row)) << row.kernel;
  }
  const Measurement* decode = row_of(rows, Op::gemv);
  ASSERT_TRUE(decode);
  EXPECT_EQ(decode->problem.format, FormatId::q4_0);
  EXPECT_EQ(decode->problem.k, 768u);
  EXPECT_NEAR(decode->seconds, 2e-3, 1e-9);
  // All weights of a layer: queries and outputs, keys and values, three matrices of 2048.
  EXPECT_EQ(decode->problem.m, 2 * 768u + 2 * 256u + 3 * 2048u);
  const Measurement* attention = row_of(rows, Op::attention);
  ASSERT_TRUE(attention);
  EXPECT_NEAR(attention->seconds, 0.5e-3, 1e-9);
  EXPECT_EQ(attention->problem.context, 512u);
  const Measurement* of_prompt = row_of(rows, Op::prefill_attention);
  ASSERT_TRUE(of_prompt);
  EXPECT_NEAR(of_prompt->seconds, 16e-3 * 128.5 / 512, 1e-9);
  const Measurement* prefill = row_of(rows, Op::gemm);
  ASSERT_TRUE(prefill);
  EXPECT_NEAR(prefill->seconds, 40e-3 - of_prompt->seconds, 1e-9);
  EXPECT_EQ(prefill->problem.n, 256u);
  // The output head of 4096 tokens, in q6_K as llama-quantize has it, is priced by its bytes.
  const Measurement* start = row_of(rows, Op::submit);
  ASSERT_TRUE(start);
  EXPECT_LT(start->seconds, 3e-3);
  EXPECT_GT(start->seconds, 1e-3);
}

TEST(LayerDifference, AnotherFormatHasTheAttentionThatIsKnown) {
  const auto first = rows_by_difference(sizes, file_format_of(FileFormatId::q4_0), runs(), {});
  DifferenceRuns flat = runs();
  flat.depth = 0;
  flat.deep_decode = flat.deep_prefill = {};
  const auto second = rows_by_difference(sizes, file_format_of(FileFormatId::q8_0), flat, first);
  EXPECT_FALSE(row_of(second, Op::attention));
  ASSERT_TRUE(row_of(second, Op::gemm, FormatId::q8_0));
  EXPECT_NEAR(row_of(second, Op::gemm)->seconds, row_of(first, Op::gemm)->seconds, 1e-9);
}

TEST(LayerDifference, AMachineThatWasDisturbedThroughoutSaysNothing) {
  DifferenceRuns noise = runs();
  std::swap(noise.decode.two, noise.decode.four);
  EXPECT_TRUE(rows_by_difference(sizes, file_format_of(FileFormatId::q4_0), noise, {}).empty());
}

TEST(LayerDifference, RowsComposeModelsOfManyLayers) {
  auto rows = rows_by_difference(sizes, file_format_of(FileFormatId::q4_0), runs(), {});
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].id = static_cast<int64_t>(i) + 1;
    rows[i].engine = "llama.cpp b9 (9), by difference";
  }
  const CostModel costs({}, {}, rows);
  const auto shape = shape_of_layers(sizes, 30);
  ASSERT_TRUE(shape);
  const Prediction p = predict_on_cpu({*shape, file_format_of(FileFormatId::q4_0), 256, 511, 1000}, costs,
                                      {.engine = llamacpp_engine});
  ASSERT_TRUE(p.decode_tps && p.prefill_tps) << p.basis;
  EXPECT_EQ(p.efficiency, EfficiencyBasis::measured);
  expect_words(p.efficiency_source, {"layers", "by difference"});
  EXPECT_EQ(p.basis.find("without"), std::string::npos) << p.basis;
  // Thirty layers of 2.5 ms each at a depth of 512, and the rest of 3 ms.
  EXPECT_NEAR(1 / p.decode_tps->mid, 30 * 2.5e-3 + 3e-3, 0.5e-3);
  EXPECT_NEAR(256 / p.prefill_tps->mid, 30 * 40e-3 + 3e-3, 2e-3);
}

/// A program that prints llama-bench's JSON for models whose size alone tells their layers: files over
/// `border` bytes have four. It writes its options behind each other into a log.
std::string scripted(const Folder& folder, const std::string& body) {
  const auto program = folder.path() / "llama-bench";
  std::ofstream(program) << "#!/bin/sh\necho \"$@\" >> '" << (folder.path() / "log").string() << "'\n"
                         << body;
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  return program.string();
}

struct Kept {
  std::vector<Measurement> rows;
  DifferenceHooks hooks() {
    return {.stop = [] { return false; },
            .record = [this](const Measurement& row) -> tl::expected<void, std::string> {
              rows.push_back(row);
              return {};
            },
            .progress = [](const std::string&) {}};
  }
};

TEST(ByDifference, AProgramIsRunOnModelsOfTwoAndOfFourLayers) {
  const Folder folder;
  // A layer takes 2 ms a token, and 100 ms a prompt of 256; at a depth both take a quarter more.
  const std::string program = scripted(folder, R"(
while [ $# -gt 0 ]; do case $1 in -m) model=$2;; -d) depth=$2;; esac; shift; done
name=$(head -c 400 "$model" | tr -c 'a-z0-9-' ' ' | grep -o 'synthetic-[24]x[0-9]*' | head -n 1)
case $name in synthetic-2x*) layers=2;; synthetic-4x*) layers=4;; *) echo "no layers: $name" >&2; exit 3;; esac
awk -v n=$layers -v d=$depth 'BEGIN { slow = d > 0 ? 1.25 : 1; t = 0.001 + n * 0.002 * slow; p = 0.001 + n * 0.1 * slow;
  printf "[{\"build_commit\":\"abc\",\"build_number\":77,\"n_prompt\":256,\"n_gen\":0,\"n_depth\":%d,\"samples_ts\":[%.9g,%.9g,%.9g]},\n", d, 256/p, 256/p, 256/p
  printf "{\"n_prompt\":0,\"n_gen\":16,\"n_depth\":%d,\"samples_ts\":[%.9g,%.9g,%.9g]}]\n", d, 1/t, 1/t, 1/t }'
)");
  Kept kept;
  const auto outcome = measure_by_difference(this_host(), program, 2, 0.001, kept.hooks());
  ASSERT_TRUE(outcome) << outcome.error();
  EXPECT_TRUE(outcome->failures.empty()) << outcome->failures.front();
  EXPECT_TRUE(outcome->budget_ended);
  EXPECT_EQ(outcome->engine, "llama.cpp abc (77), by difference");
  EXPECT_EQ(outcome->measured, kept.rows.size());
  ASSERT_TRUE(row_of(kept.rows, Op::gemv, FormatId::q4_0));
  EXPECT_NEAR(row_of(kept.rows, Op::gemv)->seconds, 2e-3, 1e-6);
  ASSERT_TRUE(row_of(kept.rows, Op::attention));
  EXPECT_NEAR(row_of(kept.rows, Op::attention)->seconds, 0.5e-3, 1e-6);
  for (const Measurement& row : kept.rows) EXPECT_EQ(row.engine, outcome->engine);
  std::ifstream log(folder.path() / "log");
  std::string first;
  std::getline(log, first);
  expect_words(first, {"-p 256", "-n 16", "-d 0", "-t 2", "-o json"});
}

TEST(ByDifference, AnEngineThatFailsTwiceIsLeftAlone) {
  const Folder folder;
  const std::string program = scripted(folder, "echo 'unknown model architecture' >&2; exit 1\n");
  Kept kept;
  const auto outcome = measure_by_difference(this_host(), program, 1, 60, kept.hooks());
  ASSERT_TRUE(outcome) << outcome.error();
  EXPECT_EQ(outcome->failures.size(), 2u);
  expect_words(outcome->failures.front(), {"unknown model architecture"});
  EXPECT_TRUE(kept.rows.empty());
}

}  // namespace
}  // namespace weighin
