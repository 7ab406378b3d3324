// Files that are mapped to be read.
#include "kernels/system/mapped_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <string>
#include <utility>

namespace weighin {
namespace {

std::string written(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + name;
  std::ofstream(path) << text;
  return path;
}

TEST(MappedFile, HasTheBytesOfTheFileAndOutlivesAMove) {
  auto opened = MappedFile::open(written("mapped_file", "weights"));
  ASSERT_TRUE(opened) << opened.error();
  const MappedFile moved = std::move(*opened);
  ASSERT_EQ(moved.bytes().size(), 7U);
  EXPECT_EQ(std::memcmp(moved.bytes().data(), "weights", 7), 0);
}

TEST(MappedFile, WhatCannotBeMappedIsAnErrorThatNamesThePath) {
  const std::string missing = testing::TempDir() + "no_such_file";
  const auto opened = MappedFile::open(missing);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), missing + " cannot be mapped: No such file or directory");
  EXPECT_FALSE(MappedFile::open(written("empty_file", "")));
}

}  // namespace
}  // namespace weighin
