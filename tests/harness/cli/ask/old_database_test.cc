// A database of each schema version that there has been answers `weighin fit`, once `weighin run` has been
// called on it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "results/store/migrations.h"
#include "tests/folder.h"
#include "tests/harness/shell.h"
#include "tests/results/store/old_database.h"

namespace weighin {
namespace {

using nlohmann::json;

class OldDatabase : public testing::TestWithParam<int> {};

TEST_P(OldDatabase, AnswersFitAsMeasured) {
  const Folder folder;
  const std::string path = (folder.path() / "weighin.db").string(), db = " --db " + shell_word(path);
  make_old_database(GetParam(), path);
  const std::string fit = "'" WEIGHIN_BINARY "' fit smollm2-135m --format q4_0 --device old --json" + db;
  if (GetParam() < static_cast<int>(migrations().size())) {
    const ShellOutcome before = shell(fit + " 2>&1");
    EXPECT_EQ(before.exit_code, 2);
    EXPECT_NE(before.output.find("`weighin run` brings it up to date"), std::string::npos) << before.output;
  }
  const ShellOutcome run = shell("'" WEIGHIN_BINARY "' run --budget 1ms --only none" + db + " 2>&1");
  EXPECT_EQ(run.exit_code, 0) << run.output;
  const json verdict = answer(shell(fit + " 2>/dev/null"))["verdicts"][0];
  EXPECT_EQ(verdict["verdict"], "runs well") << verdict;
  EXPECT_GT(verdict["decode_tps"]["mid"], 0.0) << verdict;
  EXPECT_GT(verdict["prefill_tps"]["mid"], 0.0) << verdict;
  EXPECT_NE(verdict["basis"].get<std::string>().find("measured"), std::string::npos) << verdict;
}

INSTANTIATE_TEST_SUITE_P(Of, OldDatabase, testing::Range(1, static_cast<int>(migrations().size()) + 1));

}  // namespace
}  // namespace weighin
