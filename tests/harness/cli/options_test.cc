// The command line's own parsing: what a command declares is what it gets, and what is wrong is said.
#include "harness/cli/options.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace weighin {
namespace {

/// A program with two commands that share --json, as weighin's do.
struct Program {
  Program() {
    const Command program = line.program();
    program.footer("the program's own footer");
    program.flag("--json", &json, "Answer as JSON");
    program.option("--budget", &budget, "Time").in_units({.factors = {{"s", 1}, {"m", 60}}, .name = "TIME"});
    program.action([this] { acted = "program"; });

    const Command fit = program.subcommand("fit", "Fit models");
    fit.heading("Ask");
    fit.footer("fit's own footer");
    fit.option("MODEL", &models, "Models");
    fit.option("--context", &context, "Tokens").type_name("TOKENS").between(1, 100).show_default();
    fit.option("--kind", &kind, "Kind").one_of({"phone", "board"});
    fit.option("--rate", &rate, "Rate")
        .in_units({.factors = {{"Mbit", 1e6}}, .name = "RATE", .dropped_ending = "/s"})
        .positive();
    fit.option("--tokens", &tokens, "Token numbers").separated_by(',');
    const Option json_option = fit.flag("--json", &json, "Answer as JSON");
    fit.flag("--csv", &csv, "Answer as CSV").excludes(json_option);
    fit.action([this] { acted = "fit"; });

    const Command run = program.subcommand("run", "Measure");
    run.heading("Measure");
    run.option("--budget", &run_budget, "Time");
    run.action([this] { acted = "run"; });

    const Command child = program.subcommand("run-child", "Not for users");
    child.heading("");
  }

  /// Parses `words` and acts. Returns what was said on standard error.
  std::string operator()(std::vector<const char*> words) {
    words.insert(words.begin(), "program");
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const auto action = line.parse(static_cast<int>(words.size()), words.data());
    if (action) (*action)();
    well = action ? true : action.error();
    out = testing::internal::GetCapturedStdout();
    return testing::internal::GetCapturedStderr();
  }

  CommandLine line{"program", "What the program is for", "program 1.2.3"};
  bool json = false, csv = false, well = false;
  uint32_t context = 7;
  double budget = 0, run_budget = 0, rate = 0;
  std::string kind, acted, out;
  std::vector<std::string> models;
  std::vector<uint32_t> tokens;
};

TEST(Options, VariablesGetTheirValuesAndTheLastCommandActs) {
  Program program;
  EXPECT_EQ(
      program({"fit", "--context", "9", "a", "--kind=phone", "b", "--rate", "50Mbit/s", "--tokens", "1,2,3"}),
      "");
  EXPECT_EQ(program.acted, "fit");
  EXPECT_EQ(program.context, 9u);
  EXPECT_EQ(program.kind, "phone");
  EXPECT_EQ(program.rate, 50e6);
  EXPECT_EQ(program.models, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(program.tokens, (std::vector<uint32_t>{1, 2, 3}));
  Program plain;
  EXPECT_EQ(plain({"--budget", "2m"}), "");
  EXPECT_EQ(plain.acted, "program");
  EXPECT_EQ(plain.budget, 120);
}

TEST(Options, WrongValuesAreNamedAndNothingActs) {
  for (const std::vector<const char*>& words : {std::vector<const char*>{"fit", "--context", "0"},
                                                {"fit", "--context", "x"},
                                                {"fit", "--kind", "toaster"},
                                                {"fit", "--rate", "-1Mbit"},
                                                {"fit", "--rate", "fast"},
                                                {"fit", "--rate", "5Mbyte"},
                                                {"fit", "--csv", "--json"},
                                                {"fit", "--context"}}) {
    Program program;
    const std::string said = program(words);
    EXPECT_FALSE(program.well) << words[1];
    EXPECT_EQ(program.acted, "");
    EXPECT_NE(said.find(words[1]), std::string::npos) << said;
    EXPECT_NE(said.find("--help"), std::string::npos) << said;
  }
}

TEST(Options, AMistypedWordGetsTheNearestName) {
  const auto said = [](const std::vector<const char*>& words) {
    Program program;
    const std::string text = program(words);
    EXPECT_FALSE(program.well);
    EXPECT_EQ(program.acted, "");
    return text;
  };
  EXPECT_NE(said({"fti", "gemma-2b"}).find("Did you mean fit?"), std::string::npos);
  EXPECT_NE(said({"FIT"}).find("Did you mean fit?"), std::string::npos);
  EXPECT_NE(said({"fit", "--contxt", "9"}).find("Did you mean --context?"), std::string::npos);
  EXPECT_NE(said({"fit", "--contxt=9"}).find("Did you mean --context?"), std::string::npos);
  EXPECT_NE(said({"fit", "--con", "9"}).find("Did you mean --context?"), std::string::npos);
  EXPECT_NE(said({"--bugdet", "9s", "run"}).find("Did you mean --budget?"), std::string::npos);
  // Nothing is near, and what is not for users is not offered.
  EXPECT_EQ(said({"nonsense"}).find("Did you mean"), std::string::npos);
  EXPECT_EQ(said({"run-chld"}).find("Did you mean"), std::string::npos);
  EXPECT_EQ(said({"run", "--x"}).find("Did you mean"), std::string::npos);
  EXPECT_NE(said({"run", "a", "b"}).find("not expected: a b\n"), std::string::npos);
}

TEST(Options, AnOptionMayStandBeforeACommandThatSharesIt) {
  Program before;
  EXPECT_EQ(before({"--json", "fit", "a"}), "");
  EXPECT_TRUE(before.json);
  EXPECT_EQ(before.acted, "fit");
  Program after;
  EXPECT_EQ(after({"fit", "a", "--json"}), "");
  EXPECT_TRUE(after.json);

  // It is never ignored in silence: not where the command has no such option, nor where its own is another
  // one.
  Program not_there;
  EXPECT_NE(not_there({"--json", "run"}).find("--json stands before `run`"), std::string::npos);
  EXPECT_FALSE(not_there.well);
  Program another;
  EXPECT_NE(another({"--budget", "2m", "run"}).find("--budget stands before `run`"), std::string::npos);
  EXPECT_EQ(another.acted, "");
  Program excluded;
  EXPECT_NE(excluded({"--json", "fit", "--csv"}).find("excludes"), std::string::npos);
  EXPECT_EQ(excluded.acted, "");
}

TEST(Options, HelpShowsHeadingsAndEachCommandsOwnFooter) {
  Program program;
  EXPECT_EQ(program({"--help"}), "");
  EXPECT_TRUE(program.well);
  EXPECT_NE(program.out.find("What the program is for"), std::string::npos);
  EXPECT_LT(program.out.find("\nAsk:\n  fit "), program.out.find("\nMeasure:\n  run "));
  EXPECT_NE(program.out.find("the program's own footer"), std::string::npos);
  EXPECT_EQ(program.out.find("run-child"), std::string::npos);

  Program of_fit;
  of_fit({"fit", "--help"});
  EXPECT_TRUE(of_fit.well);
  for (const char* words : {"Usage: program fit [OPTIONS] [MODEL...]", "--context TOKENS=7",
                            "--kind {phone,board}", "--rate RATE ", "fit's own footer"})
    EXPECT_NE(of_fit.out.find(words), std::string::npos) << words << '\n' << of_fit.out;
  EXPECT_EQ(of_fit.out.find("the program's own footer"), std::string::npos);

  Program of_run;
  of_run({"run", "--help"});
  EXPECT_EQ(of_run.out.find("footer"), std::string::npos) << of_run.out;

  Program version;
  version({"--version"});
  EXPECT_TRUE(version.well);
  EXPECT_EQ(version.out, "program 1.2.3\n");
}

TEST(Options, TheHelpOfEveryShownCommandIsListed) {
  Program program;
  const std::vector<CommandHelp> all = program.line.program().help();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].name, "program");
  EXPECT_EQ(all[1].name, "program fit");
  EXPECT_EQ(all[1].heading, "Ask");
  EXPECT_EQ(all[2].name, "program run");
  EXPECT_NE(all[1].text.find("Usage: program fit"), std::string::npos) << all[1].text;
}

// CLI11 is a library of headers that cost seconds of compiling in every file that includes them.
TEST(Options, OneFileIncludesCli11) {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(WEIGHIN_SOURCE_DIR) / "harness")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);)
      if (line.starts_with("#include <CLI/")) files.push_back(entry.path().filename());
  }
  EXPECT_EQ(files, std::vector<std::string>{"options.cc"});
}

}  // namespace
}  // namespace weighin
