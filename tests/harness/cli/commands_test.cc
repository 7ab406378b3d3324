// What holds of every command, from outside: its help, its exit codes, and the options that it shares with
// others.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "results/store/store.h"
#include "tests/folder.h"
#include "tests/harness/bench_device.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

ShellOutcome weighin(const std::string& arguments) {
  return shell("'" WEIGHIN_BINARY "' " + arguments + " 2>&1");
}

const std::vector<std::string> commands{"probe",
                                        "run",
                                        "verify",
                                        "fit",
                                        "shrink",
                                        "memory",
                                        "coverage",
                                        "models",
                                        "models list",
                                        "models show",
                                        "models resolve",
                                        "models import",
                                        "models forget",
                                        "devices",
                                        "devices list",
                                        "devices show",
                                        "devices describe",
                                        "devices smallest",
                                        "report",
                                        "accuracy",
                                        "predict",
                                        "schema",
                                        "synth",
                                        "decode"};

TEST(Commands, StandInGroupsOneLineEach) {
  const std::string help = weighin("--help").output;
  const std::vector<std::pair<std::string, std::vector<std::string>>> groups{
      {"Measure", {"probe", "run", "verify"}},
      {"Ask", {"fit", "shrink", "memory", "coverage"}},
      {"Look up", {"models", "devices"}},
      {"Evidence", {"report", "accuracy", "predict", "schema"}},
      {"Tools", {"synth", "decode"}}};
  std::string expected, shown;
  for (const auto& [heading, names] : groups) {
    expected += heading + ":";
    for (const std::string& name : names) expected += " " + name;
    expected += "\n";
  }
  std::istringstream lines(help);
  bool in_group = false;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 120u) << line;
    const bool heading = !line.empty() && line.front() != ' ' && line.back() == ':';
    if (heading) in_group = line != "Options:";
    if (line.empty() && in_group) shown += "\n";
    if (line.empty()) in_group = false;
    if (!in_group) continue;
    shown += heading ? line : " " + line.substr(2, line.find(' ', 2) - 2);
  }
  EXPECT_EQ(shown, expected) << help;
}

TEST(Commands, EachHasHelpOfItsOwn) {
  std::set<std::string> first_lines;
  for (const std::string& command : commands) {
    const ShellOutcome help = weighin(command + " --help");
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_NE(help.output.find("Usage: weighin " + command), std::string::npos) << help.output;
    EXPECT_EQ(help.output.find("the whole weigh-in"), std::string::npos)
        << command << " ends as plain weighin's help does";
    EXPECT_TRUE(first_lines.insert(help.output.substr(0, help.output.find('\n'))).second) << help.output;
    std::istringstream lines(help.output);
    for (std::string line; std::getline(lines, line);)
      if (line.find('{') == std::string::npos) EXPECT_LE(line.size(), 120u) << line;
  }
}

TEST(Commands, ThePageOfTheDocumentsIsTheHelp) {
  std::ifstream file(WEIGHIN_SOURCE_DIR "/docs/commands.md");
  std::ostringstream page;
  page << file.rdbuf();
  EXPECT_EQ(weighin("commands-markdown").output, page.str())
      << "make it again: weighin commands-markdown > docs/commands.md";
  for (const std::string& command : commands)
    EXPECT_NE(page.str().find("# weighin " + command + "\n"), std::string::npos) << command;
}

TEST(Commands, AMistypedWordGetsASuggestion) {
  for (const auto& [arguments, meant] :
       std::map<std::string, std::string>{{"fti gemma-2b", "fit"},
                                          {"mem gemma-2b", "memory"},
                                          {"models shw gemma-2b", "show"},
                                          {"devices smalest gemma-2b", "smallest"},
                                          {"fit gemma-2b --devise x", "--device"},
                                          {"--jsno fit gemma-2b", "--json"},
                                          {"shrink gemma-2b --target 4GiB", "--target-bytes"},
                                          {"coverage gemma-2b --max-downlaod 1GB", "--max-download"}}) {
    const ShellOutcome outcome = weighin(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << arguments;
    EXPECT_NE(outcome.output.find("Did you mean " + meant + "?"), std::string::npos) << outcome.output;
  }
}

// "0 yes, 1 it does not fit or the verdict is unknown, 2 an error, a name that nobody knows included."
TEST(Commands, ExitCodesMeanTheSameEverywhere) {
  const std::string help = weighin("--help").output;
  for (const char* code : {"\n  0 ", "\n  1 ", "\n  2 ", "\n  130 "})
    EXPECT_NE(help.find(code), std::string::npos) << help;
  const Folder folder;
  const std::string none = " --db " + shell_word((folder.path() / "none.db").string());
  for (const auto& [code, arguments] : std::multimap<int, std::string>{
           {0, "fit gemma-2b --device 'RTX 4090'"},
           {1, "fit llama-3.1-405b --device 'RTX 4090'"},
           {1, "fit gpt-4 --device 'RTX 4090'"},
           {2, "fit no-such-model --device 'RTX 4090'"},
           {2, "fit gemma-2b --device no-such-device" + none},
           {2, "fit gemma-2b --device 'RTX 4090' --format q9"},
           {0, "shrink gemma-2b --target-bytes 4GiB"},
           {1, "shrink llama-3.1-405b --target-bytes 100MB"},
           {2, "shrink no-such-model --target-bytes 4GiB"},
           {2, "shrink gemma-2b --device no-such-device" + none},
           {0, "memory gemma-2b"},
           {2, "memory no-such-model"},
           {2, "memory gemma-2b --format q9"},
           {0, "coverage gemma-2b --population phones"},
           {2, "coverage no-such-model"},
           {2, "coverage gemma-2b --population no-such-population"},
           {0, "devices smallest gemma-2b --kind phone" + none},
           {1, "devices smallest llama-3.1-405b --kind phone" + none},
           {2, "devices smallest no-such-model" + none},
           {0, "devices show 'RTX 4090'"},
           {2, "devices show 'toaster 3000'"},
           {0, "models show gemma-2b"},
           {2, "models show no-such-model"},
           {2, "report" + none},
           {2, "predict /nowhere/rows.csv"},
           {2, "synth no-such-model -o " + shell_word((folder.path() / "a.gguf").string())},
           {2, "decode no-such-model"},
           {2, "verify no-such-model --engine true" + none},
           {2, "no-such-command"},
           {2, "--no-such-option"}}) {
    const ShellOutcome outcome = weighin(arguments);
    EXPECT_EQ(outcome.exit_code, code) << arguments << '\n' << outcome.output;
  }
}

TEST(Commands, JsonMayStandAnywhere) {
  for (const char* arguments :
       {"--json fit gemma-2b --device 'RTX 4090'", "fit --json gemma-2b --device 'RTX 4090'",
        "fit gemma-2b --device 'RTX 4090' --json", "--json models show gemma-2b",
        "models --json show gemma-2b", "models show --json gemma-2b", "models --json resolve gemma-2b",
        "--json devices show 'RTX 4090'", "devices --json list",
        "devices --json describe --bandwidth 60 --memory 8", "--json memory gemma-2b",
        "memory gemma-2b --json", "--json shrink gemma-2b --target-bytes 4GiB",
        "--json coverage gemma-2b --population phones", "devices --json smallest gemma-2b --kind phone"})
    answer(arguments);
  for (const char* arguments : {"--json schema", "--json synth gemma-2b --dry-run -o a.gguf", "--json"}) {
    const ShellOutcome outcome = weighin(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << arguments << '\n' << outcome.output;
    EXPECT_NE(outcome.output.find(arguments == std::string("--json") ? "fit --json" : "--json stands before"),
              std::string::npos)
        << outcome.output;
  }
  const ShellOutcome both = weighin("--json fit gemma-2b --device 'RTX 4090' --csv");
  EXPECT_EQ(both.exit_code, 2) << both.output;
}

TEST(Commands, TheDatabaseMayStandBeforeOrAfterTheCommand) {
  const Folder folder;
  const std::string database = (folder.path() / "weighin.db").string();
  {
    auto store = Store::open(database, Access::write);
    ASSERT_TRUE(store) << store.error();
    ASSERT_TRUE(store->put_device(bench_device(uint64_t{100} << 30)));
  }
  const std::string report = " --device no-such-device";
  const ShellOutcome before = weighin("--db " + shell_word(database) + " report" + report);
  const ShellOutcome after = weighin("report --db " + shell_word(database) + report);
  EXPECT_EQ(before.exit_code, 2);
  EXPECT_NE(before.output.find("bench"), std::string::npos) << before.output;
  EXPECT_EQ(before.output, after.output);
}

TEST(Commands, OneDeviceIsNamedOrDescribedNotBoth) {
  for (const char* numbers :
       {"--bandwidth 120GB/s --memory 16GiB", "--memory 16GiB", "--tflops 8", "--part cpu"}) {
    const ShellOutcome outcome = weighin(std::string("fit gemma-2b --device 'RTX 4090' ") + numbers);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_NE(outcome.output.find("--device"), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("--bandwidth"), std::string::npos) << outcome.output;
  }
  // A part of a description is never ignored in silence.
  const ShellOutcome partly = weighin("fit gemma-2b --tflops 8");
  EXPECT_EQ(partly.exit_code, 2);
  EXPECT_NE(partly.output.find("bandwidth"), std::string::npos) << partly.output;
}

// --device is a measured device or one of the catalogue wherever a command answers for one device.
TEST(Commands, ADeviceMeansTheSameEverywhere) {
  const Folder folder;
  const std::string database = " --db " + shell_word((folder.path() / "weighin.db").string());
  {
    auto store = Store::open((folder.path() / "weighin.db").string(), Access::write);
    ASSERT_TRUE(store) << store.error();
    ASSERT_TRUE(store->put_device(bench_device(uint64_t{100} << 30)));
  }
  for (const std::string command : {"fit gemma-2b", "shrink gemma-2b"}) {
    for (const char* device : {" --device bench", " --device 'RTX 4090'", " --device 'pixel 8' --as app",
                               " --bandwidth 120GB/s --memory 16GiB"}) {
      const ShellOutcome outcome = weighin(command + device + database);
      EXPECT_NE(outcome.exit_code, 2) << command << device << '\n' << outcome.output;
    }
    for (const char* device : {" --device nowhere", " --device bench --memory 16GiB", " --memory 16GiB"}) {
      const ShellOutcome outcome = weighin(command + device + database);
      EXPECT_EQ(outcome.exit_code, 2) << command << device << '\n' << outcome.output;
    }
  }
  // The same device has the same memory for both.
  EXPECT_EQ(answer("fit gemma-2b --json --format f16 --device 'RTX 4090'")["verdicts"][0]["limit"]["usable"],
            answer("shrink gemma-2b --json --device 'RTX 4090'")["memory"]["usable_bytes"]);
  // A report is of what was measured, and says so.
  const ShellOutcome report = weighin("report --device 'RTX 4090'" + database);
  EXPECT_EQ(report.exit_code, 2);
  EXPECT_NE(report.output.find("weighin fit --device"), std::string::npos) << report.output;
}

TEST(Commands, AFileIsCalledByTheFormatItHas) {
  const Folder folder;
  const std::string file = shell_word((folder.path() / "made.gguf").string());
  ASSERT_EQ(weighin("synth smollm2-135m --format q8_0 -o " + file).exit_code, 0);
  EXPECT_EQ(answer("memory " + file + " --json")["format"], "q8_0");
  EXPECT_NE(weighin("memory " + file).output.find(" in q8_0,"), std::string::npos);
  EXPECT_EQ(answer("fit --device 'RTX 4090' --json " + file)["verdicts"][0]["format"], "q8_0");
  EXPECT_EQ(answer("models show --json " + file)["files"][0]["format"], "q8_0");
  // The same bytes as of the model by name in that format, but for what a header adds.
  const auto named = answer("memory smollm2-135m --format q8_0 --json"),
             read = answer("memory --json " + file);
  EXPECT_EQ(read["bytes"]["kv"], named["bytes"]["kv"]);
  EXPECT_NEAR(read["bytes"]["weights"].get<double>(), named["bytes"]["weights"].get<double>(),
              0.01 * named["bytes"]["weights"].get<double>());
  const ShellOutcome other = weighin("memory --format f16 " + file);
  EXPECT_EQ(other.exit_code, 2) << other.output;
  EXPECT_NE(other.output.find("--format"), std::string::npos) << other.output;
}

TEST(Commands, AFormatMeansTheSameEverywhereAndSoDoesNone) {
  // Unknown ones are answered with those there are.
  for (const char* arguments :
       {"fit gemma-2b --device 'RTX 4090'", "memory gemma-2b", "shrink gemma-2b --target-bytes 4GiB",
        "coverage gemma-2b", "devices smallest gemma-2b", "synth gemma-2b --dry-run -o a", "decode gemma-2b",
        "verify gemma-2b --engine true"}) {
    const ShellOutcome outcome = weighin(std::string(arguments) + " --format q9");
    EXPECT_EQ(outcome.exit_code, 2) << arguments;
    EXPECT_NE(outcome.output.find("Q4_K_M"), std::string::npos) << outcome.output;
  }
  // Where one is needed and none is named it is Q4_K_M.
  EXPECT_EQ(answer("memory gemma-2b --json")["format"], "Q4_K_M");
  EXPECT_NE(weighin("synth gemma-2b --dry-run -o a").output.find(" in Q4_K_M,"), std::string::npos);
  EXPECT_EQ(answer("decode stories260k --tokens 0 --no-parts --json")["format"], "Q4_K_M");
}

TEST(Commands, WithoutAContextItIsTheSameEverywhere) {
  for (const auto& [model, context] :
       std::map<std::string, uint32_t>{{"gemma-2b", 4096}, {"bert-base", 512}}) {
    EXPECT_EQ(answer("memory " + model + " --json")["context"], context);
    // Published specifications say nothing of an encoder's speed: its verdict is unknown.
    const int exit_code = model == "bert-base" ? 1 : 0;
    EXPECT_EQ(answer("fit --device 'RTX 4090' --json " + model, exit_code)["verdicts"][0]["context"],
              context);
    EXPECT_EQ(answer("shrink --target-bytes 64GiB --json " + model)["context"], context);
  }
}

}  // namespace
}  // namespace weighin
