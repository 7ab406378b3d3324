// A temporary folder is there while its owner is, whichever object that has become.
#include "harness/engines/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <utility>

#include "tests/expect_words.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

TEST(TemporaryFolder, IsGoneWithItsFilesWhenItsOwnerIs) {
  auto made = TemporaryFolder::make("weighin-made");
  ASSERT_TRUE(made) << made.error();
  const fs::path path = made->path();
  EXPECT_TRUE(path.filename().string().starts_with("weighin-made-")) << path;
  EXPECT_TRUE(fs::is_empty(path));
  std::ofstream(path / "file") << "text";
  std::optional<TemporaryFolder> owner = std::move(*made);
  made = tl::unexpected(std::string("the one moved from is destroyed"));
  EXPECT_TRUE(fs::exists(path / "file"));
  owner.reset();
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, TwoOfANameAreTwo) {
  const auto one = TemporaryFolder::make("weighin-made"), other = TemporaryFolder::make("weighin-made");
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->path(), other->path());
}

TEST(TemporaryFolder, WhereNoneCanBeMadeIsSaid) {
  const auto none = TemporaryFolder::make("no/such/folder");
  ASSERT_FALSE(none);
  expect_words(none.error(), {"no temporary folder", "No such file", "TMPDIR"});
}

}  // namespace
}  // namespace weighin
