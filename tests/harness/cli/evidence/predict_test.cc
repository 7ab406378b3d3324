// weighin predict and weighin accuracy from outside: files in, files out, and errors that say what is wrong.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/folder.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

class PredictCommand : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) { return kept_.write(name, text); }
  ShellOutcome run(const std::string& arguments) {
    return shell("'" WEIGHIN_BINARY "' " + arguments + " 2>&1");
  }

  const Folder kept_;
  const std::filesystem::path folder_ = kept_.path();
};

TEST_F(PredictCommand, WritesARowForARow) {
  const std::string rows =
      file("rows.csv", "model,quant,device\nllama-3.1-8b,Q4_K_M,RTX 4090\nnothing,,RTX 4090\n");
  const std::string out = folder_ / "pred.csv";
  const ShellOutcome outcome = run("predict '" + rows + "' --out '" + out + "'");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  std::ostringstream text;
  text << std::ifstream(out).rdbuf();
  EXPECT_TRUE(
      text.str().starts_with("row,tg_tps,tg_low,tg_high,pp_tps,pp_low,pp_high,mem_gib,basis,why\n0,"));
  EXPECT_NE(text.str().find("\n1,,,,,,,,,"), std::string::npos) << text.str();
}

TEST_F(PredictCommand, SaysWhatCannotBeReadOrWritten) {
  EXPECT_EQ(run("predict /nowhere/rows.csv").exit_code, 2);
  EXPECT_EQ(run("predict '" + folder_.string() + "'").exit_code, 2);
  const std::string rows = file("rows.csv", "model\nllama-3.1-8b\n");
  const ShellOutcome unwritable = run("predict '" + rows + "' --out /nowhere/pred.csv");
  EXPECT_EQ(unwritable.exit_code, 2);
  EXPECT_NE(unwritable.output.find("cannot be written"), std::string::npos) << unwritable.output;
  EXPECT_EQ(run("predict '" + file("other.csv", "a,b\n1,2\n") + "'").exit_code, 2);
}

TEST_F(PredictCommand, AccuracyNeedsMeasurements) {
  const std::string rows = file("rows.csv", "model,quant,device,tg_tps\nllama-3.1-8b,Q4_K_M,RTX 4090,130\n");
  const ShellOutcome table = run("accuracy '" + rows + "'");
  EXPECT_EQ(table.exit_code, 0) << table.output;
  EXPECT_NE(table.output.find("decode"), std::string::npos) << table.output;
  EXPECT_EQ(run("accuracy '" + file("none.csv", "model\nllama-3.1-8b\n") + "'").exit_code, 2);
}

TEST_F(PredictCommand, AccuracyWithoutATableIsOfThisMachineAndOfTheShippedRows) {
  const std::string database = " --db '" + (folder_ / "none.db").string() + "'";
  const ShellOutcome table = run("accuracy" + database);
  EXPECT_EQ(table.exit_code, 0) << table.output;
  for (const char* words : {"`weighin verify MODEL`", "no constant was fitted to", "prefill", "doubtful"})
    EXPECT_NE(table.output.find(words), std::string::npos) << words << "\n" << table.output;
  EXPECT_NE(run("accuracy --json --split fit" + database).output.find("\"split\": \"fit\""),
            std::string::npos);
  EXPECT_EQ(run("accuracy --split every" + database).exit_code, 2);
}

TEST_F(PredictCommand, AnAnswerFromSpecsSaysHowRightSuchAnswersAre) {
  const std::string words = "published rows of unseen chips";
  EXPECT_NE(run("fit llama-3.1-8b --device 'RTX 4090'").output.find(words), std::string::npos);
  EXPECT_NE(run("fit llama-3.1-8b --device 'RTX 4090' --json").output.find(words), std::string::npos);
  EXPECT_NE(run("coverage llama-3.1-8b").output.find(words), std::string::npos);
}

}  // namespace
}  // namespace weighin
