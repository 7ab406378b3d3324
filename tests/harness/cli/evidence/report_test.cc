// weighin report from outside: files, messages and exit codes over a store made here.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "results/store/store.h"
#include "tests/folder.h"
#include "tests/harness/bench_device.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

ShellOutcome report_command(const std::string& arguments) {
  return shell("'" WEIGHIN_BINARY "' report " + arguments + " 2>&1");
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A store with one measured device, which is not the machine of the test.
class ReportCommand : public testing::Test {
 protected:
  void SetUp() override {
    database_ = (folder_ / "weighin.db").string();
    auto store = Store::open(database_, Access::write);
    ASSERT_TRUE(store) << store.error();
    Measurement m = bench_measurement(begin_bench_run(*store));
    m.kernel = "cpu.stream_read";
    m.problem = {.op = Op::stream_read, .format = FormatId::none, .m = 1 << 28};
    m.seconds = 0.01;
    ASSERT_TRUE(store->record(m));
  }

  const Folder kept_;
  const std::filesystem::path folder_ = kept_.path();
  std::string database_;
};

TEST_F(ReportCommand, WritesBesideTheDatabaseAndSaysWhere) {
  const ShellOutcome outcome = report_command("--device bench --db " + shell_word(database_));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_NE(outcome.output.find((folder_ / "report.html").string()), std::string::npos) << outcome.output;
  const std::string html = text_of(folder_ / "report.html");
  EXPECT_EQ(html.rfind("<!doctype html>", 0), 0u);
  EXPECT_NE(html.find("bench"), std::string::npos);
  EXPECT_NE(html.find("cpu.stream_read"), std::string::npos);
  EXPECT_NE(html.find("</html>"), std::string::npos);
}

TEST_F(ReportCommand, WritesWhereAskedAndReplacesAnEarlierReport) {
  const std::filesystem::path path = folder_ / "new folder" / "a b.html";
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << "an earlier report";
  const ShellOutcome outcome =
      report_command("--device bench --db " + shell_word(database_) + " --html " + shell_word(path.string()));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_NE(text_of(path).find("</html>"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "report.html"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1)
      << "no half file is left";
}

TEST_F(ReportCommand, HtmlToStandardOutputIsNothingElse) {
  const ShellOutcome outcome =
      report_command("--device bench --db " + shell_word(database_) + " --html /dev/stdout");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output.rfind("<!doctype html>", 0), 0u);
  EXPECT_EQ(outcome.output.find("report:"), std::string::npos);
}

TEST_F(ReportCommand, CsvIsOneFileATable) {
  const std::filesystem::path csv = folder_ / "csv";
  const ShellOutcome outcome =
      report_command("--db " + shell_word(database_) + " --csv " + shell_word(csv.string()));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  for (const char* table : {"device.csv", "run.csv", "measurement.csv", "measurements.csv"}) {
    EXPECT_TRUE(std::filesystem::exists(csv / table)) << table << "\n" << outcome.output;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "report.html")) << "only what was asked for";
}

TEST_F(ReportCommand, ErrorsSayWhatToDoAndExitWithTwo) {
  const ShellOutcome no_database = report_command("--db " + shell_word((folder_ / "none.db").string()));
  EXPECT_EQ(no_database.exit_code, 2);
  EXPECT_NE(no_database.output.find("weighin run"), std::string::npos) << no_database.output;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none.db"));

  const ShellOutcome this_machine = report_command("--db " + shell_word(database_));
  EXPECT_EQ(this_machine.exit_code, 2) << "this machine was not measured";
  EXPECT_NE(this_machine.output.find("weighin run"), std::string::npos) << this_machine.output;

  const ShellOutcome unknown = report_command("--device nowhere --db " + shell_word(database_));
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.output.find("bench"), std::string::npos) << unknown.output;

  std::ofstream(folder_ / "a file") << "x";
  const ShellOutcome no_folder = report_command("--device bench --db " + shell_word(database_) + " --html '" +
                                                (folder_ / "a file/report.html").string() + "'");
  EXPECT_EQ(no_folder.exit_code, 2);
  EXPECT_NE(no_folder.output.find("a file"), std::string::npos) << no_folder.output;
}

TEST_F(ReportCommand, AFullDiskIsAnErrorNotHalfAReport) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full here";
  const ShellOutcome outcome =
      report_command("--device bench --db " + shell_word(database_) + " --html /dev/full");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.output.find("No space left"), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace weighin
