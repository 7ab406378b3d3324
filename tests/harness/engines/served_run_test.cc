// Engines that run as servers: how they are found and timed, and what is kept of them.
#include "harness/engines/served_run.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "harness/engines/llama_server.h"
#include "results/store/store.h"
#include "tests/expect_words.h"
#include "tests/folder.h"
#include "tests/harness/engines/fake_servers.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

TEST(ServedEngine, OllamaIsTimedByItsOwnCounters) {
  FakeServer server;
  be_ollama(server);
  const auto report = run_at(server.origin(), "smollm2-135m");
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->engine, "Ollama");
  EXPECT_EQ(report->backend, "CPU");
  EXPECT_EQ(report->build, "0.40.12; smollm2:135m (Q4_0), 0.09 GiB, context 4096");
  EXPECT_EQ(report->gpu_share, 0.0);
  ASSERT_EQ(report->tests.size(), 2u);
  for (const double tps : report->tests[0].tps) EXPECT_NEAR(tps, 100, 1e-6);
  for (const double tps : report->tests[1].tps) EXPECT_NEAR(tps, 20, 1e-6);
  std::set<std::string> first_words;
  const std::vector<json> asked = server.asked("/api/generate");
  ASSERT_EQ(asked.size(), 1u + 3u + 3u);  // loading, and each test after an untimed one
  for (const json& one : asked) {
    EXPECT_EQ(one["raw"], true);
    EXPECT_EQ(one["stream"], false);
    EXPECT_TRUE(one.contains("keep_alive"));
    EXPECT_FALSE(one["options"].contains("num_thread"));
    const std::string prompt = one["prompt"];
    EXPECT_TRUE(first_words.insert(prompt.substr(0, prompt.find(' '))).second) << prompt;
  }
  // After the first prompt the words are counted: 80 of them have 100 tokens.
  EXPECT_EQ(words_in(asked[3]["prompt"]), 80u);
}

TEST(ServedEngine, TheShareOnAGpuIsReadBack) {
  FakeServer server;
  be_ollama(server, 0.38);
  const auto report = run_at(server.origin(), "smollm2:135m");
  ASSERT_TRUE(report) << report.error();
  EXPECT_NEAR(report->gpu_share.value_or(0), 0.38, 1e-6);
  EXPECT_EQ(report->backend, "38% on GPU, CPU");
}

TEST(ServedEngine, LmStudioIsTimedByItsOwnCounters) {
  FakeServer server;
  be_lm_studio(server);
  const auto report = run_at(server.origin(), "smollm2-135m");
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->engine, "LM Studio");
  EXPECT_EQ(report->build, "llama.cpp-linux-x86_64-avx2 1.3.0; smollm2-135m-instruct (Q8_0), context 4096");
  EXPECT_EQ(report->backend, "CPU");
  ASSERT_EQ(report->tests.size(), 2u);
  for (const double tps : report->tests[0].tps) EXPECT_NEAR(tps, 500, 1e-6);
  for (const double tps : report->tests[1].tps) EXPECT_NEAR(tps, 57.5, 1e-6);
}

TEST(ServedEngine, ARuntimeForGpusMayUseOne) {
  FakeServer server;
  be_lm_studio(server, "llama.cpp-linux-x86_64-vulkan-avx2");
  const auto report = run_at(server.origin(), "smollm2-135m");
  ASSERT_TRUE(report) << report.error();
  EXPECT_FALSE(report->gpu_share);
  EXPECT_EQ(report->backend, "");
}

TEST(ServedEngine, LlamaServerComputesEveryPromptAnew) {
  FakeServer server;
  be_llama_server(server);
  const auto report = run_at(server.origin(), "smollm2-135m");
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->engine, "llama.cpp");
  EXPECT_EQ(report->build,
            "llama-server b11669-Debian; /models/smollm2-135m-q4_0.gguf (Q4_0), 0.08 GiB, context 2048");
  ASSERT_EQ(report->tests.size(), 2u);
  for (const double tps : report->tests[0].tps) EXPECT_NEAR(tps, 250, 1e-6);
  for (const double tps : report->tests[1].tps) EXPECT_NEAR(tps, 50, 1e-6);
  std::set<json> firsts;
  for (const json& one : server.asked("/completion")) {
    EXPECT_EQ(one["cache_prompt"], false);
    EXPECT_EQ(one["ignore_eos"], true);
    EXPECT_TRUE(firsts.insert(one["prompt"][0]).second);
  }
  EXPECT_EQ(server.asked("/completion")[2]["prompt"].size(), 100u);
}

TEST(ServedEngine, PromptsFromACacheAreNoMeasurement) {
  FakeServer server;
  be_llama_server(server, 60);
  expect_error(run_at(server.origin(), "smollm2-135m"),
               {"100 tokens was sent and 40 were computed", "cache"});
}

TEST(ServedEngine, ServersAreFoundWhereTheyListen) {
  FakeServer ollama, other;
  be_ollama(ollama);
  be_llama_server(other);
  const std::string port = std::to_string(ollama.port());
  for (const std::string& address :
       {"127.0.0.1:" + port, "http://localhost:" + port, "0.0.0.0:" + port, ":" + port}) {
    const auto target = find_server(host_with({{"OLLAMA_HOST", address}}), "ollama");
    ASSERT_TRUE(target) << target.error();
    EXPECT_EQ(target->engine->word, "ollama");
  }
  const auto target =
      find_server(host_with({{"LLAMA_ARG_PORT", std::to_string(other.port())}}), "llama-server");
  ASSERT_TRUE(target) << target.error();
  EXPECT_EQ(target->engine, &llama_server);
  const auto wrong =
      find_server(host_with({{"OLLAMA_HOST", "127.0.0.1:" + std::to_string(other.port())}}), "ollama");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().find("no ollama answers at " + other.origin()), std::string::npos) << wrong.error();
}

TEST(ServedEngine, OtherMachinesAreNotAsked) {
  for (const char* url : {"http://192.0.2.1:11434", "https://ollama.example"}) {
    const auto target = find_server(host_with({}), url);
    ASSERT_FALSE(target);
    EXPECT_NE(target.error().find("another machine"), std::string::npos) << target.error();
  }
  const auto target = find_server(host_with({{"OLLAMA_HOST", "192.0.2.1"}}), "ollama");
  ASSERT_FALSE(target);
  EXPECT_NE(target.error().find("another machine"), std::string::npos) << target.error();
}

TEST(ServedEngine, VerifyKeepsTheEngineItsVersionAndWhatItLoaded) {
  FakeServer server;
  be_ollama(server);
  Folder folder;
  const std::string database = (folder.path() / "w.db").string();
  const std::string command = "'" WEIGHIN_BINARY "' verify smollm2-135m --engine " + server.origin() +
                              " --prompt 100 --tokens 10 --repetitions 2 --no-measure --db " +
                              shell_word(database);
  const json printed = answer(shell(command + " --json 2>/dev/null"));
  EXPECT_EQ(printed["engine"], "Ollama");
  EXPECT_EQ(printed["model"], "smollm2-135m");
  EXPECT_EQ(printed["format"], "q4_0");
  EXPECT_NEAR(printed["phases"]["decode"]["tps"].get<double>(), 20, 1e-6);
  EXPECT_NEAR(printed["phases"]["prefill"]["tps"].get<double>(), 100, 1e-6);
  EXPECT_TRUE(printed["memory_bytes"].is_null());
  auto store = Store::open(database, Access::read);
  ASSERT_TRUE(store) << store.error();
  const auto stored = store->verifications(store->devices().value().at(0).id).value();
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored[0].engine, "Ollama");
  EXPECT_EQ(stored[0].build, "0.40.12; smollm2:135m (Q4_0), 0.09 GiB, context 4096");
  EXPECT_EQ(stored[0].backend, "CPU");
  server.stop();
  const ShellOutcome gone = shell(command + " 2>&1");
  EXPECT_EQ(gone.exit_code, 2);
  EXPECT_NE(gone.output.find("answers at " + server.origin()), std::string::npos) << gone.output;
}

}  // namespace
}  // namespace weighin
