// The plan of an engine's kernels, where its libraries are looked for, and the child's job.
#include "harness/engines/ggml/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "harness/engines/ggml/find_libraries.h"
#include "harness/engines/ggml/job.h"
#include "harness/engines/ggml/session.h"
#include "tests/expect_words.h"
#include "tests/folder.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

TEST(EnginePlan, HasEveryItemOnceAndAllThreadsFirst) {
  const auto plan = engine_plan(4);
  std::set<std::pair<Problem, uint32_t>> seen;
  bool single = false;
  for (const PlanItem& item : plan) {
    EXPECT_TRUE(seen.emplace(item.problem, item.threads).second) << describe(item.problem);
    single |= item.threads == 1;
    EXPECT_EQ(item.threads, single ? 1u : 4u);
    const GraphCounts counts = graph_counts(item.problem, 1 << 20);
    EXPECT_GE(counts.graphs, counts.timed);
    EXPECT_GT(counts.timed, 0u);
    EXPECT_GT(counts.operations, 0u);
  }
  EXPECT_TRUE(single);
  EXPECT_EQ(engine_plan(1).size(), plan.size() / 2);
}

TEST(EnginePlan, EachGgufFormatHasBothPhasesAndTwoSlabsOfOneLength) {
  const auto plan = engine_plan(1);
  for (const QuantFormat& format : kernel_formats()) {
    if (format.gguf_type == no_gguf) continue;
    for (const Op op : {Op::gemv, Op::gemm}) {
      std::map<uint32_t, std::set<uint64_t>> rows;
      for (const PlanItem& item : plan)
        if (item.problem.op == op && item.problem.format == format.id)
          rows[item.problem.k].insert(item.problem.m);
      EXPECT_GE(rows.size(), 3u) << format.name;
      EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [](const auto& r) { return r.second.size() >= 2; }))
          << format.name;
      for (const auto& [k, of_k] : rows) EXPECT_EQ(k % format.block_values, 0u) << format.name;
    }
  }
}

TEST(EnginePlan, GraphsReadTheWholeWorkingSetBeforeTheFirstWeightsComeAgain) {
  constexpr uint64_t working_set = 512ull << 20;
  bool walked = false;
  for (const PlanItem& item : engine_plan(1)) {
    const Problem& p = item.problem;
    if (p.op != Op::gemv) continue;
    const uint64_t matrix = row_bytes(p.format, p.k) * p.m;
    const GraphCounts counts = graph_counts(p, working_set);
    const uint64_t read = uint64_t{counts.graphs} * counts.operations * matrix;
    const uint64_t all = p.context ? uint64_t{p.context} << 20 : working_set;
    EXPECT_LE(read, all + counts.operations * matrix) << describe(p);
    EXPECT_GE(read, all - all / 8) << describe(p);
    walked |= p.context > 0;
    if (p.context) EXPECT_EQ(counts.timed, counts.graphs) << describe(p);
  }
  EXPECT_TRUE(walked);
}

TEST(EngineLibraries, AreFoundInAFolderItsPackagesAndItsInstallation) {
  const Folder folder;
  const fs::path package = folder.path() / "npm/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64";
  const fs::path installed = folder.path() / "llama/bin";
  for (const fs::path& place : {package, installed}) {
    fs::create_directories(place);
    folder.write(fs::relative(place / "libggml-base.so", folder.path()), "");
  }
  Host host;
  const auto of_package = find_engine_libraries(host, (folder.path() / "npm").string());
  ASSERT_TRUE(of_package) << of_package.error();
  EXPECT_EQ(*of_package, std::vector<fs::path>{fs::canonical(package)});
  EXPECT_EQ(*find_engine_libraries(host, (folder.path() / "llama").string()),
            std::vector<fs::path>{fs::canonical(installed)});
  EXPECT_EQ(*find_engine_libraries(host, installed.string()),
            std::vector<fs::path>{fs::canonical(installed)});
  EXPECT_TRUE(find_engine_libraries(host, "none")->empty());
  EXPECT_TRUE(find_engine_libraries(host, "auto")->empty());
  const auto nowhere = find_engine_libraries(host, (folder.path() / "nowhere").string());
  ASSERT_FALSE(nowhere);
  expect_words(nowhere.error(), {"nowhere", "libggml-base"});
  host.environment = [&](const char* name) -> std::optional<std::string> {
    return std::string(name) == "WEIGHIN_ENGINE" ? std::optional((folder.path() / "npm").string())
                                                 : std::nullopt;
  };
  EXPECT_EQ(*find_engine_libraries(host, "auto"), *of_package);
  host.environment = [](const char*) -> std::optional<std::string> { return "none"; };
  EXPECT_TRUE(find_engine_libraries(host, "auto")->empty());
}

TEST(EngineJob, WhatAChildOpenedSurvivesAsText) {
  const OpenedEngine opened = opened_from(opened_text({"llama.cpp 1 zen4", "Vulkan0", "A | B"}));
  EXPECT_EQ(opened.engine, "llama.cpp 1 zen4");
  EXPECT_EQ(opened.device, "Vulkan0");
  EXPECT_EQ(opened.description, "A | B");
  EXPECT_EQ(opened_from("one").engine, "one");
}

TEST(EngineJob, SurvivesJson) {
  const EngineJob job{.libraries = "/a b/\"c\"",
                      .device = 2,
                      .software = true,
                      .threads = 3,
                      .budget_s = 2.5,
                      .working_set_bytes = 1 << 20,
                      .only = "gemv",
                      .done = {1, 5}};
  const auto read = engine_job_from_json(job_json(job));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(job_json(*read), job_json(job));
  EXPECT_EQ(read->done, job.done);
  EXPECT_FALSE(engine_job_from_json("{}"));
  EXPECT_FALSE(engine_job_from_json("no job"));
}

/// A host whose child processes print `lines` and then end with `signal`; the last ones of `children` are
/// repeated.
struct FakeChildren {
  std::vector<std::pair<std::vector<std::string>, int>> children;
  std::vector<std::string> jobs;
  Host host() {
    Host made;
    made.program = "/weighin";
    made.stream_process = [this](const std::vector<std::string>& words, std::chrono::milliseconds,
                                 const LineReader& read) -> tl::expected<ProcessResult, std::string> {
      jobs.push_back(words.back());
      const auto& [lines, signal] = children[std::min(jobs.size(), children.size()) - 1];
      for (const std::string& line : lines)
        if (!read(line)) break;
      ProcessResult result;
      result.signal = signal;
      return result;
    };
    return made;
  }
};

TEST(EngineSession, AProblemAtWhichTheLibraryAbortsIsRecordedAndTheNextChildGoesOn) {
  const std::string opened = R"({"event":"opened","text":"llama.cpp 9 x"})";
  const auto began = [](int i) { return R"({"event":"began","items":9,"item":)" + std::to_string(i) + "}"; };
  const auto measured = [](int i) {
    return R"({"event":"measured","item":)" + std::to_string(i) +
           R"(,"row":{"kernel":"ggml.x","m":0,"seconds":0.5,"spread":0,"samples":[0.5],"error":0,"status":0,"reason":""}})";
  };
  FakeChildren fake{{{{opened, "a line of the library", began(0), measured(0), began(1)}, 6},
                     {{opened, began(2), measured(2), R"({"event":"finished","text":"finished"})"}, 0}},
                    {}};
  std::vector<Measurement> kept;
  const EngineHooks hooks{.stop = [] { return false; },
                          .record = [&](const Measurement& m) -> tl::expected<void, std::string> {
                            kept.push_back(m);
                            return {};
                          },
                          .progress = [](size_t, size_t) {}};
  const Host host = fake.host();
  const auto outcome =
      measure_engine_in_child(host, {.libraries = "/l", .threads = 2, .budget_s = 9}, {}, hooks);
  ASSERT_TRUE(outcome) << outcome.error();
  EXPECT_EQ(outcome->opened.engine, "llama.cpp 9 x");
  EXPECT_EQ(outcome->measured, 2u);
  ASSERT_EQ(outcome->failures.size(), 1u);
  expect_words(outcome->failures[0], {"crashed"});
  ASSERT_EQ(kept.size(), 3u);
  const auto plan = engine_plan(2);
  for (const Measurement& m : kept) EXPECT_EQ(m.engine, "llama.cpp 9 x");
  EXPECT_EQ(kept[1].status, Status::failed);
  EXPECT_EQ(kept[1].problem, plan[1].problem);
  EXPECT_EQ(kept[2].problem, plan[2].problem);
  EXPECT_EQ(engine_job_from_json(fake.jobs[1])->done, (std::set<size_t>{0, 1}));
}

TEST(EngineSession, AGpusRowsNameItAndOneThatIsNotWantedIsLeft) {
  const std::string opened = R"({"event":"opened","text":"llama.cpp 9 x|Vulkan0|A card"})";
  const std::string row =
      R"({"event":"measured","item":0,"row":{"kernel":"ggml.x","m":0,"seconds":0.5,"spread":0,"samples":[0.5],"error":0,"status":0,"reason":""}})";
  for (const std::string id : {"0123456789abcdef", ""}) {
    FakeChildren fake{{{{opened, row, R"({"event":"finished","text":"finished"})"}, 0}}, {}};
    std::vector<Measurement> kept;
    const EngineHooks hooks{
        .stop = [] { return false; },
        .record = [&](const Measurement& m) -> tl::expected<void, std::string> {
          kept.push_back(m);
          return {};
        },
        .progress = [](size_t, size_t) {},
        .gpu_id = [&](const OpenedEngine& o) { return o.description == "A card" ? id : "x"; }};
    const Host host = fake.host();
    const auto outcome = measure_engine_in_child(
        host, {.libraries = "/l", .device = 1, .threads = 1, .budget_s = 9}, {}, hooks);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(fake.jobs.size(), 1u);
    ASSERT_EQ(kept.size(), id.empty() ? 0u : 1u);
    if (id.empty()) continue;
    EXPECT_EQ(kept[0].gpu, id);
    EXPECT_EQ(kept[0].backend, "vulkan");
  }
}

TEST(EngineSession, WhatWasMeasuredOnTheCpuIsLeftOutThereAndNotOnAGpu) {
  const auto plan = engine_plan(1);
  Measurement row;
  row.problem = plan[3].problem;
  row.engine = "llama.cpp 9 x";
  row.status = Status::measured;
  const EngineHooks hooks{.stop = [] { return false; },
                          .record = [](const Measurement&) -> tl::expected<void, std::string> { return {}; },
                          .progress = [](size_t, size_t) {}};
  for (const uint32_t device : {0U, 1U}) {
    FakeChildren fake{{{{R"({"event":"finished","text":"finished"})"}, 0}}, {}};
    const Host host = fake.host();
    ASSERT_TRUE(measure_engine_in_child(
        host, {.libraries = "/l", .device = device, .threads = 1, .budget_s = 9, .only = "", .done = {}},
        {&row, 1}, hooks));
    const auto job = engine_job_from_json(fake.jobs.at(0));
    ASSERT_TRUE(job);
    EXPECT_EQ(job->done, device == 0 ? std::set<size_t>{3} : std::set<size_t>{});
  }
}

TEST(EngineSession, LibrariesThatCannotBeOpenedAreToldOnce) {
  FakeChildren fake{{{{R"({"event":"failed","text":"libraries are of another version"})"}, 0}}, {}};
  const EngineHooks hooks{.stop = [] { return false; },
                          .record = [](const Measurement&) -> tl::expected<void, std::string> { return {}; },
                          .progress = [](size_t, size_t) {}};
  const Host host = fake.host();
  const auto outcome =
      measure_engine_in_child(host, {.libraries = "/l", .threads = 1, .budget_s = 9}, {}, hooks);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->measured, 0u);
  EXPECT_EQ(outcome->failures, std::vector<std::string>{"libraries are of another version"});
  EXPECT_EQ(fake.jobs.size(), 1u);
}

}  // namespace
}  // namespace weighin
