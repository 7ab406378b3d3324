// Coverage: the same answers as fit gives for each device, added up as shares.
#include "results/coverage/coverage.h"

#include <gtest/gtest.h>

#include <fstream>

#include "models/names/catalogue.h"
#include "results/coverage/smallest_device.h"
#include "results/fit/weigh.h"
#include "tests/folder.h"
#include "tests/results/fit/toy_model.h"

namespace weighin {
namespace {

const ModelShape& model(const char* name) {
  const ModelShape* found = find_model(name);
  EXPECT_TRUE(found) << name;
  return *found;
}

Population population_of(const std::string& csv) {
  const Folder folder;
  auto population = read_population(folder.write("fleet.csv", csv));
  EXPECT_TRUE(population) << (population ? "" : population.error());
  return std::move(*population);
}

Coverage covered(const char* name, const CoverageQuestion& question, const Population& population) {
  auto coverage = coverage_of(model(name), question, population);
  EXPECT_TRUE(coverage) << (coverage ? "" : coverage.error());
  return std::move(*coverage);
}

constexpr const char* fleet =
    "device,count\n"
    "Pixel 8,30\n"
    "RTX 4090,1\n"
    "RTX 3060 (12GB),20\n"
    "M1 8-core GPU (8GB),10\n"
    "Raspberry Pi 5 (8GB),9\n"
    "a machine nobody has heard of,30\n";

TEST(Population, CountsThatCannotBeTrueAreRefused) {
  const Folder folder;
  const auto read =
      read_population(folder.write("fleet.csv", "device,count\nRTX 4090,1e308\nRTX 3060,1e308\n"));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().find("more than there are"), std::string::npos) << read.error();
}

TEST(Coverage, SaysOfEachDeviceWhatFitSaysOfIt) {
  const Population population = population_of(fleet);
  for (const char* name : {"gemma-2b", "llama-3.1-8b", "qwen3-30b-a3b", "tinyllama-1.1b"}) {
    for (const std::optional<double> min_tps : {std::optional<double>(), std::optional<double>(30)}) {
      CoverageQuestion question;
      question.question.min_tps = min_tps;
      const Coverage coverage = covered(name, question, population);
      ASSERT_EQ(coverage.rows.size(), 6u);
      for (size_t i = 0; i + 1 < population.rows.size(); ++i) {
        const PublishedDevice target{*population.rows[i].device, RunsAs::native};
        const Verdict alone = weigh_model(model(name), question.question, published_profile(target));
        const Verdict& among = coverage.rows[i].verdict;
        SCOPED_TRACE(std::string(name) + " on " + coverage.rows[i].name);
        EXPECT_EQ(among.judgement.answer, alone.judgement.answer);
        EXPECT_EQ(among.needs.format, alone.needs.format);
        EXPECT_EQ(among.needs.memory.needed_bytes(), alone.needs.memory.needed_bytes());
        EXPECT_EQ(among.prediction.decode_tps->mid, alone.prediction.decode_tps->mid);
        EXPECT_EQ(coverage.rows[i].outcome == DeviceOutcome::runs, runs(alone.judgement.answer));
      }
    }
  }
}

TEST(Coverage, SharesAreOfTheUsersWhoseDeviceIsKnown) {
  const Coverage coverage = covered("gemma-2b", {}, population_of(fleet));
  EXPECT_NEAR(coverage.known, 0.7, 1e-9);
  EXPECT_DOUBLE_EQ(coverage.all.weight, 70);
  double weight = 0, mid = 0;
  for (const auto& [tier, share] : coverage.tiers) {
    weight += share.weight;
    mid += share.weight * share.mid;
    EXPECT_LE(share.low, share.mid);
    EXPECT_LE(share.mid, share.high);
    EXPECT_NEAR(share.mid + share.slow + share.does_not_fit + share.too_large_to_download, 1, 1e-9);
  }
  EXPECT_DOUBLE_EQ(weight, 70);
  EXPECT_NEAR(mid / weight, coverage.all.mid, 1e-9);
  EXPECT_TRUE(coverage.rows.back().device.empty());
  EXPECT_FALSE(coverage.rows.back().why.empty());
}

TEST(Coverage, MoreIsAskedOfFewerDevices) {
  const Population population = population_of(fleet);
  double last = 1;
  for (const double tps : {1.0, 8.0, 40.0, 120.0, 5000.0}) {
    CoverageQuestion question;
    question.question.min_tps = tps;
    const double share = covered("gemma-2b", question, population).all.mid;
    EXPECT_LE(share, last) << tps;
    last = share;
  }
  EXPECT_EQ(last, 0);
  CoverageQuestion app, tab;
  app.runs_as = RunsAs::app;
  tab.runs_as = RunsAs::browser_tab;
  EXPECT_LE(covered("llama-3.1-8b", tab, population).all.mid,
            covered("llama-3.1-8b", app, population).all.mid);
}

TEST(Coverage, ADownloadThatIsTooLargeIsItsOwnReason) {
  const Population population = population_of("device,share\nRTX 4090,1\n");
  CoverageQuestion question;
  question.most_download_bytes = uint64_t{5} << 30;
  const Coverage some = covered("llama-3.1-8b", question, population);
  EXPECT_EQ(some.all.mid, 1) << "it is smaller in 4 bits";
  EXPECT_LE(some.most_download_bytes, static_cast<double>(*question.most_download_bytes));
  question.most_download_bytes = uint64_t{1} << 30;
  const Coverage none = covered("llama-3.1-8b", question, population);
  EXPECT_EQ(none.all.too_large_to_download, 1);
  EXPECT_EQ(none.all.mid, 0);
}

TEST(Coverage, ALabelOfTheDatabaseIsAnsweredFromItsMeasurements) {
  Capacity capacity;
  capacity.device = "lab-07";
  capacity.memory_bytes = capacity.memory_total_bytes = uint64_t{8} << 30;
  capacity.memory_kind = LimitKind::ram;
  DeviceProfile here = measured_profile(capacity, toy::measurements());
  CoverageQuestion question;
  question.question.format = FileFormatId::f16;
  question.question.engine = reference_engine;
  const Population population = population_of("device,count\nlab-07,1\nRTX 4090,1\nlab-08,2\n");
  const auto coverage = coverage_of(toy::model(), question, population, std::vector{here});
  ASSERT_TRUE(coverage) << coverage.error();
  EXPECT_DOUBLE_EQ(coverage->known, 0.5);
  const CoverageRow& row = coverage->rows[0];
  EXPECT_TRUE(row.measured);
  EXPECT_FALSE(coverage->rows[1].measured);
  const Verdict alone = weigh_model(toy::model(), question.question, here);
  EXPECT_EQ(row.verdict.judgement.answer, alone.judgement.answer);
  EXPECT_EQ(row.verdict.prediction.decode_tps->mid, alone.prediction.decode_tps->mid);
  here = measured_profile(capacity, {});
  const auto unknown = coverage_of(toy::model(), question, population, std::vector{here});
  ASSERT_TRUE(unknown) << unknown.error();
  EXPECT_TRUE(unknown->rows[0].device.empty());
  EXPECT_NE(unknown->rows[0].why.find("measured"), std::string::npos) << unknown->rows[0].why;
}

TEST(Coverage, WhatNobodyCanAnswerIsAnError) {
  const Population unknown = population_of("device,share\nno such thing,1\n");
  const auto coverage = coverage_of(model("gemma-2b"), {}, unknown);
  ASSERT_FALSE(coverage);
  EXPECT_NE(coverage.error().find("no such thing"), std::string::npos) << coverage.error();
  const auto encoder = coverage_of(model("distilbert"), {}, population_of(fleet));
  ASSERT_FALSE(encoder);
  EXPECT_NE(encoder.error().find("encoder"), std::string::npos) << encoder.error();
}

TEST(Coverage, ShippedPopulationsAreMostlyKnown) {
  for (const std::string& name : shipped_populations()) {
    const auto population = shipped_population(name);
    ASSERT_TRUE(population) << population.error();
    EXPECT_GT(covered("gemma-2b", {}, *population).known, 0.6) << name;
  }
}

TEST(SmallestDevice, RunsTheModelAndNoSmallerMemoryOfItDoes) {
  Question question;
  question.min_tps = 10;
  const ModelShape& gemma = model("gemma-2b");
  const auto found = devices_that_run(gemma, question, RunsAs::native, [](const DeviceSpec& device) {
    return device.kind == DeviceKind::phone || device.kind == DeviceKind::desktop_gpu;
  });
  ASSERT_TRUE(found);
  ASSERT_GT(found->size(), 50u);
  for (size_t i = 0; i < found->size(); ++i) {
    const DeviceRun& run = (*found)[i];
    EXPECT_TRUE(runs(run.verdict.judgement.answer)) << run.device->name;
    EXPECT_GE(run.verdict.prediction.decode_tps->mid, 10) << run.device->name;
    if (i > 0) {
      EXPECT_LE((*found)[i - 1].memory_gib, run.memory_gib);
    }
    for (const double gib : run.device->memory_gib) {
      if (gib >= run.memory_gib) continue;
      const PublishedDevice target{
          {.device = run.device, .part = run.part, .memory_gib = gib, .assumed = {}, .recalled = {}},
          RunsAs::native};
      EXPECT_FALSE(runs(weigh_model(gemma, question, published_profile(target)).judgement.answer))
          << run.device->name << " with " << gib;
    }
  }
}

}  // namespace
}  // namespace weighin
