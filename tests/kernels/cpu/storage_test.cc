// Storage is read from a file without a name, and what is read is compared with what was written.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <limits>

#include "kernels/cpu/bounds/storage.h"
#include "tests/folder.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

class StorageReadTest : public testing::Test {
 protected:
  auto prepare(uint64_t bytes, const std::string& folder) {
    Workbench bench{pool_, weights_, folder};
    return kernel_.prepare({.op = Op::storage_read, .m = bytes}, bench);
  }

  Folder folder_;
  ThreadPool pool_{1};
  WeightPool weights_{1 << 20, 1 << 20};
  Kernel kernel_ = storage_kernels().at(0);
};

TEST_F(StorageReadTest, ReadsWhatWasWrittenAndTimesItself) {
  for (const uint64_t bytes : {uint64_t{1}, uint64_t{4096}, (uint64_t{9} << 20) + 17}) {
    const auto ready = prepare(bytes, folder_.path());
    ASSERT_TRUE(ready) << ready.error();
    EXPECT_TRUE(fs::is_empty(folder_.path()));
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE((*ready)->check(64).right()) << bytes;
      (*ready)->run();
      EXPECT_GT((*ready)->own_seconds(), 0);
      EXPECT_LT((*ready)->own_seconds(), std::numeric_limits<double>::infinity());
    }
  }
}

TEST_F(StorageReadTest, OtherContentIsFound) {
  constexpr uint64_t bytes = 5 << 20;
  const auto ready = prepare(bytes, folder_.path());
  ASSERT_TRUE(ready) << ready.error();
  ASSERT_TRUE((*ready)->check(64).right());
  int changed = 0;  // the file without a name is found among the open files of this program
  for (const auto& open : fs::directory_iterator("/proc/self/fd")) {
    std::error_code closed;
    if (!fs::read_symlink(open.path(), closed).string().starts_with(folder_.path().string())) continue;
    const int file = ::open(open.path().c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) continue;
    const char zeros[8] = {};
    changed += ::pwrite(file, zeros, sizeof zeros, bytes - 9) == sizeof zeros;
    ::close(file);
  }
  ASSERT_EQ(changed, 1);
  EXPECT_FALSE((*ready)->check(64).right());
}

TEST_F(StorageReadTest, NothingIsLeftWhenTheProgramIsKilled) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto ready = prepare(5 << 20, folder_.path());
    if (ready) (*ready)->run();
    raise(ready ? SIGKILL : SIGTERM);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL) << "the file was made and read before";
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(StorageReadTest, WhatCannotBeReadIsAnErrorWithItsReason) {
  const auto unnamed = prepare(4096, "");
  ASSERT_FALSE(unnamed);
  EXPECT_NE(unnamed.error().find("storage is not measured"), std::string::npos) << unnamed.error();
  const auto huge = prepare(uint64_t{1} << 60, folder_.path());
  ASSERT_FALSE(huge);
  EXPECT_NE(huge.error().find("too little free space"), std::string::npos) << huge.error();
  const auto nowhere = prepare(4096, folder_.path() / "missing");
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().find("missing"), std::string::npos) << nowhere.error();
  EXPECT_FALSE(prepare(4096, "/proc"));
  EXPECT_FALSE(prepare(0, folder_.path()));
}

}  // namespace
}  // namespace weighin
