// What commands say of input that they cannot use: the reason, on what, and what to do.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "results/store/store.h"
#include "tests/folder.h"
#include "tests/harness/bench_device.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

void expect_refused(const std::string& arguments, const std::string& says) {
  const ShellOutcome outcome = shell("'" WEIGHIN_BINARY "' " + arguments + " 2>&1");
  EXPECT_EQ(outcome.exit_code, 2) << arguments << '\n' << outcome.output;
  EXPECT_NE(outcome.output.find(says), std::string::npos) << arguments << '\n' << outcome.output;
}

TEST(Messages, AFolderIsNoTable) {
  const Folder folder;
  expect_refused("predict " + shell_word(folder.path().string()), "is a folder");
  expect_refused("coverage gemma-2b --population " + shell_word(folder.path().string() + "/"), "is a folder");
}

TEST(Messages, SynthPutsNoFileInThePlaceOfADeviceOrPipe) {
  const Folder folder;
  const std::string pipe = (folder.path() / "pipe").string();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  expect_refused("synth stories260k -o " + shell_word(pipe), "not a regular file");
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

TEST(Messages, AFormatOfTensorsIsSaidToBeInFiles) {
  expect_refused("memory gemma-2b --format q3_K", "(tensors of that format are in Q3_K_L, Q3_K_M, Q3_K_S)");
  expect_refused("memory gemma-2b --format mxfp4", "MXFP4_MOE)");
  expect_refused("memory gemma-2b --format Q4_K_N", "(nearest: Q4_K_M)");
}

TEST(Messages, NoOptionIsPassedOverInSilence) {
  const Folder folder;
  const std::string database = (folder.path() / "w.db").string();
  {
    auto store = Store::open(database, Access::write);
    ASSERT_TRUE(store.has_value()) << store.error();
    ASSERT_TRUE(store->put_device(bench_device()).has_value());
  }
  const std::string db = " --db " + shell_word(database);
  expect_refused("fit gemma-2b --device 'RTX 4090' --placement cpu", "--placement cpu");
  expect_refused("fit gemma-2b --device 'RTX 4090' --explain --json", "--explain");
  expect_refused("fit gemma-2b --as app --device " + shell_word(bench_device().label) + db, "--as app");
}

TEST(Messages, ABrokenDatabaseIsSaidAndNotPassedOver) {
  const Folder folder;
  const std::string db = " --db " + shell_word(folder.write("broken.db", "this is no database at all"));
  for (const char* arguments : {"devices smallest gemma-2b", "coverage gemma-2b --population phones"})
    expect_refused(arguments + db, "not a weighin database");
  const ShellOutcome outcome =
      shell("'" WEIGHIN_BINARY "' fit gemma-2b --device no-such-device" + db + " 2>&1");
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.output.find("published"), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace weighin
