// The report's text: what it says, and that nothing in the data can become part of the page.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "results/fit/verdict.h"
#include "tests/folder.h"
#include "tests/results/report/made_report.h"

namespace weighin {
namespace {

Verdict verdict(const std::string& model, const std::string& size_class, uint64_t params, Answer answer) {
  Verdict v;
  v.needs.model = model;
  v.needs.size_class = size_class;
  v.needs.params = v.needs.active_params = params;
  v.needs.format = "q4_K";
  v.judgement.answer = answer;
  v.fits = answer != Answer::does_not_fit;
  v.needs.memory.weights_bytes = uint64_t{3} << 30;
  v.prediction.decode_tps = Interval{10, 12, 14};
  v.prediction.ttft_s = Interval{1.4, 1.5, 1.6};
  v.limit.text = "needs 3.0 GiB, 10 GiB available: cgroup";
  return v;
}

ReportInput made_input() {
  ReportInput input;
  input.device = made::device();
  input.capacity = made::capacity();
  input.run = made::run();
  input.measurements = {
      made::measurement(1, {.op = Op::gemv, .format = FormatId::q4_0, .m = 2048, .n = 1, .k = 2048}, 8)};
  input.best = {verdict("little", "1B", 1'100'000'000, Answer::runs_well),
                verdict("middling", "3B", 2'900'000'000, Answer::runs_well),
                verdict("larger-middling", "3B", 3'200'000'000, Answer::runs_well),
                verdict("big", "7B", 7'200'000'000, Answer::runs),
                verdict("huge", "70B", 70'000'000'000, Answer::does_not_fit)};
  return input;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

nlohmann::json chart_data(const std::string& html) {
  const std::string begin = "id=\"chart-data\">";
  const size_t from = html.find(begin) + begin.size();
  return nlohmann::json::parse(html.substr(from, html.find("</script>", from) - from), nullptr, false);
}

TEST(Report, HeadlineIsTheLargestClassThatRunsWellAndItsLargestModel) {
  const std::string html = report_html(made_input());
  EXPECT_TRUE(has(html, "made-laptop-0123 runs the 3B class well")) << html.substr(0, 800);
  EXPECT_TRUE(has(html, "The largest known model there: larger-middling in q4_K, 12 tokens/s (10 to 14)"));
  EXPECT_TRUE(has(html, "In the same class, with the same answer: middling."));
}

TEST(Report, HeadlineSaysWhenNothingRunsWellAndWhenNothingWasMeasured) {
  ReportInput input = made_input();
  for (Verdict& v : input.best) v.judgement.answer = v.needs.model == "big" ? Answer::runs : Answer::slow;
  EXPECT_TRUE(has(report_html(input), "runs the 7B class, and none well"));
  for (Verdict& v : input.best) v.judgement.answer = Answer::slow;
  EXPECT_TRUE(has(report_html(input), "runs no known model well"));
  input.measurements.clear();
  const std::string html = report_html(input);
  EXPECT_TRUE(has(html, "has not been measured"));
  EXPECT_TRUE(has(html, "weighin run"));
}

TEST(Report, AnEncoderIsNeverTheHeadlineWhileAChatModelRuns) {
  ReportInput input = made_input();
  Verdict encoder = verdict("reader", "13B", 13'000'000'000, Answer::runs_well);
  encoder.needs.task = Task::encode;
  encoder.prediction.decode_tps.reset();
  encoder.prediction.encode_ms = Interval{90, 100, 120};
  input.best.push_back(encoder);
  const std::string html = report_html(input);
  EXPECT_TRUE(has(html, "runs the 3B class well"));
  EXPECT_TRUE(has(html, "100 ms a text"));
}

TEST(Report, AssumptionsAndWarningsComeBeforeTheTables) {
  const std::string html = report_html(made_input());
  const size_t tables = html.find("<table");
  ASSERT_NE(tables, std::string::npos);
  for (const char* words :
       {"engine: llama.cpp", "It says nothing of the quality", "a prompt of 512 and an answer of 256",
        "Swap never counts", "other programs used 12% of the cores", "on battery"}) {
    EXPECT_LT(html.find(words), tables) << words;
  }
}

TEST(Report, GridHasWordsInEveryCell) {
  ReportInput input = made_input();
  const Answer answers[] = {Answer::does_not_fit, Answer::slow, Answer::runs, Answer::runs_well,
                            Answer::unknown,      Answer::runs, Answer::runs};
  size_t i = 0;
  for (const FileFormat& format : kernel_file_formats()) {
    Verdict v = verdict("middling", "3B", 2'900'000'000, answers[i++ % std::size(answers)]);
    v.needs.format = format.name;
    if (v.judgement.answer == Answer::unknown) v.prediction.decode_tps.reset();
    input.grid.push_back(v);
  }
  const std::string html = report_html(input);
  const size_t from = html.find("<table class=\"grid\">");
  ASSERT_NE(from, std::string::npos);
  const std::string grid = html.substr(from, html.find("</table>", from) - from);
  for (const char* words : {"does not fit</b> <span>needs 3.0 GiB", "slow</b> <span>12 tokens/s", "runs</b>",
                            "runs well</b>", "not measured</b>"}) {
    EXPECT_TRUE(has(grid, words)) << words << "\n" << grid;
  }
}

TEST(Report, AGridInAnotherOrderIsShownWithoutEnd) {
  ReportInput input = made_input();
  Verdict v = verdict("middling", "3B", 2'900'000'000, Answer::runs);
  v.needs.format = "q4_0";
  input.grid.push_back(v);
  v.needs.format = "f32";
  input.grid.push_back(v);
  EXPECT_TRUE(has(report_html(input), "<table class=\"grid\">"));
}

TEST(Report, GpusAreShownWithTheirMemory) {
  ReportInput input = made_input();
  input.device.facts_json = R"json({
    "vulkan":[{"name":"A card","driver":"drv","driver_version":"7.8","type":"discrete","software":false,"unified":false,
      "memory_total_bytes":8589934592,"memory_free_bytes":{"absent":"not said"},"also_through":["other 1.2"]}],
    "gpus_without_vulkan":[{"name":"AMD GPU 1002:73bf","memory_total_bytes":17179869184,
      "memory_free_bytes":8589934592,"reason":"no Vulkan driver shows it"}]})json";
  const std::string html = report_html(input);
  EXPECT_TRUE(has(html, "A card, drv 7.8, 8.0 GiB of memory; also through other 1.2"));
  EXPECT_TRUE(
      has(html,
          "AMD GPU 1002:73bf, 16 GiB of memory, 8.0 GiB of it free when probed: no Vulkan driver shows it"));
}

TEST(Report, DataCannotBecomePartOfThePage) {
  const std::string attack = "</script><script>alert('x')</script><b>&\"";
  ReportInput input = made_input();
  const size_t scripts_without = [&] {
    const std::string html = report_html(input);
    size_t count = 0;
    for (size_t at = 0; (at = html.find("<script", at)) != std::string::npos; ++at) ++count;
    return count;
  }();
  input.device.label = input.device.cpu = input.capacity.device = attack;
  input.device.facts_json = nlohmann::json{
      {"platform", {{"board", attack}}},
      {"vulkan", {{{"name", attack}, {"driver", attack}}}},
      {"gpus_without_vulkan", {{{"name", attack}, {"reason", attack}}}},
      {"remarks", {attack}}}.dump();
  input.capacity.warnings = {attack};
  input.run->options = input.run->compiler = attack;
  input.measurements[0].kernel = input.measurements[0].reason = attack;
  input.best[0].needs.model = input.best[1].needs.model = input.best[2].needs.model = attack;
  input.best[0].limit.text = attack;
  input.best[0].warnings = {attack};
  const std::string html = report_html(input);
  EXPECT_FALSE(has(html, "<script>alert"));
  size_t scripts = 0;
  for (size_t at = 0; (at = html.find("<script", at)) != std::string::npos; ++at) ++scripts;
  EXPECT_EQ(scripts, scripts_without);
  EXPECT_TRUE(has(html, "&lt;/script&gt;&lt;script&gt;alert"));
  const auto data = chart_data(html);
  ASSERT_TRUE(data.is_object());
  EXPECT_EQ(data["memory"]["models"][0]["model"], attack) << "escaped, not changed";
}

TEST(Report, LabelsThatAreNotUtf8DoNotEndIt) {
  ReportInput input = made_input();
  input.best[0].needs.model = "caf\xe9";
  EXPECT_TRUE(chart_data(report_html(input)).is_object());
}

TEST(Report, AsksNothingOfTheNetwork) {
  const std::string html = report_html(made_input());
  EXPECT_TRUE(has(html, "default-src 'none'"));
  for (const char* part : {"src=\"http", "href=\"http", "@import", "url(", "<link rel=\"stylesheet"}) {
    // The bundled script is text of its own; the page is what is before it.
    EXPECT_FALSE(has(html.substr(0, html.find("id=\"chart-data\"")), part)) << part;
  }
}

TEST(Report, CarriesTheLicencesOfWhatItCarries) {
  const std::string html = report_html(made_input());
  for (const char* part : {"@observablehq/plot 0.", "Observable, Inc.", "Permission to use, copy, modify",
                           "d3-scale 4.", "Mike Bostock"}) {
    EXPECT_TRUE(has(html, part)) << part;
  }
}

TEST(Report, MachineIsInWordsAbsentFactsWithTheirReason) {
  const std::string html = report_html(made_input());
  for (const char* part :
       {"Debian GNU/Linux 12 (bookworm)", "sse4.2, avx2, fma", "not known: /sys has no cpufreq folder",
        "12 GiB, 10 GiB of it left", "Vulkan, software", "not a GPU"}) {
    EXPECT_TRUE(has(html, part)) << part;
  }
}

TEST(Report, FactsOfAnyShapeAreReadWithoutFailing) {
  ReportInput input = made_input();
  for (
      const char* facts :
      {"", "{", "[]", "7", "null", R"({"cpu":5,"memory":[],"vulkan":"x","topology":{"caches":{"a":1}}})",
       R"({"memory":{"limits":5,"total_bytes":"much"},"cpu":{"simd":3},"vulkan":[1,null],"gpus_without_vulkan":[1,null,[2]]})"}) {
    input.device.facts_json = facts;
    EXPECT_TRUE(has(report_html(input), "made-laptop-0123")) << facts;
  }
}

TEST(Report, WhatWasNotMeasuredStandsWithItsReason) {
  ReportInput input = made_input();
  Measurement m = input.measurements[0];
  m.status = Status::skipped;
  m.reason = "budget";
  m.seconds = 0;
  m.roofline_fraction.reset();
  input.measurements.push_back(m);
  m.status = Status::wrong;
  m.reason = "differs from the reference by 0.3";
  input.measurements.push_back(m);
  const std::string html = report_html(input);
  EXPECT_TRUE(has(html, "skipped: budget"));
  EXPECT_TRUE(has(html, "wrong: differs from the reference by 0.3"));
  EXPECT_TRUE(has(html, "1 of 3 measurements gave wrong results"));
}

TEST(Report, ChartsHoldEveryMeasuredKernelAndTheMachinesBounds) {
  ReportInput input = made_input();
  input.measurements = made::measurements();
  const auto data = chart_data(report_html(input));
  ASSERT_EQ(data["rooflines"].size(), 2u);
  const auto& roof = data["rooflines"][0];
  EXPECT_EQ(roof["on"], "8 threads");
  EXPECT_NEAR(roof["bytes_per_s"].get<double>(), made::bytes_per_s, 1);
  EXPECT_EQ(roof["peaks"].size(), 3u);
  size_t drawn = 0;
  for (const Measurement& m : input.measurements) {
    const Cost cost = cost_of(m.problem);
    const bool bound = m.problem.op <= Op::peak_int8;
    drawn +=
        m.threads == 8 && m.status == Status::measured && !bound && cost.operations > 0 && cost.bytes() > 0;
  }
  EXPECT_EQ(roof["points"].size(), drawn);
  EXPECT_EQ(data["memory"]["limit_gib"], 10.0);
  EXPECT_EQ(data["memory"]["models"].size(), 5u);
  EXPECT_EQ(data["speed"]["models"].size(), 5u);
  EXPECT_EQ(data["speed"]["well"], VerdictLines{}.well_tps);
}

TEST(Report, AGpusRooflineStandsBesideTheCpus) {
  ReportInput input = made_input();
  input.measurements = made::measurements();
  const std::vector<Measurement> of_gpu = made::gpu_measurements();
  input.measurements.insert(input.measurements.end(), of_gpu.begin(), of_gpu.end());
  const auto without = chart_data(report_html(input));
  EXPECT_EQ(without["rooflines"].size(), 2u) << "a GPU that the device does not have, as software ones";
  input.capacity.gpus.push_back(made::gpu_capacity());
  const std::string html = report_html(input);
  const auto data = chart_data(html);
  ASSERT_EQ(data["rooflines"].size(), 3u);
  EXPECT_EQ(data["rooflines"][0], without["rooflines"][0]);
  const auto& roof = data["rooflines"][2];
  EXPECT_EQ(roof["on"], "Made GPU 8 GB");
  EXPECT_EQ(roof["peaks"].size(), 4u);
  EXPECT_EQ(roof["points"].size(), of_gpu.size() - 5);  // less the bounds
  EXPECT_TRUE(has(html, "read from Made GPU 8 GB&apos;s memory, measured"));
}

TEST(Report, UnknownMemoryIsNoLimitOfZero) {
  ReportInput input = made_input();
  input.capacity.memory_kind = LimitKind::unknown;
  input.capacity.memory_bytes = 0;
  EXPECT_TRUE(chart_data(report_html(input))["memory"]["limit_gib"].is_null());
}

TEST(ReportInput, HoldsEveryPublishedModelAndEveryClassInEveryFormat) {
  const ReportInput input =
      report_input(made::device(), measured_profile(made::capacity(), {}), std::nullopt, Question{});
  EXPECT_FALSE(input.run);
  EXPECT_EQ(input.grid.size(), all_size_classes().size() * kernel_file_formats().size());
  const auto published =
      std::count_if(all_models().begin(), all_models().end(), [](const ModelShape& m) { return !m.made; });
  EXPECT_EQ(input.best.size(), static_cast<size_t>(published));
  EXPECT_TRUE(has(report_html(input), "has not been measured"));
}

}  // namespace
}  // namespace weighin
