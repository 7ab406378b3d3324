// weighin decode, from outside.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/folder.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

using nlohmann::json;

ShellOutcome decode(const std::string& arguments) {
  return shell("'" WEIGHIN_BINARY "' decode " + arguments + " 2>&1");
}

TEST(DecodeCommand, EveryPartOfTheStepIsMeasuredBesideTheWhole) {
  const json result = answer(decode("stories260k --format q8_0 --tokens 3 --depth 20 --json"));
  EXPECT_EQ(result["tokens"].size(), 3);
  EXPECT_EQ(result["depth"], 20);
  EXPECT_GT(result["sum_of_parts_s"], 0.0);
  EXPECT_GT(result["sum_over_whole"]["of_medians"], 0.0);
  double whole = 0, alone = 0;
  for (const auto& [name, part] : result["parts"].items()) {
    EXPECT_GT(part["whole_s"], 0.0) << name;
    EXPECT_GT(part["measured_alone_s"], 0.0) << name;
    alone += part["measured_alone_s"].get<double>();
    whole += part["whole_s"].get<double>();
  }
  EXPECT_NEAR(alone, result["sum_of_parts_s"].get<double>(), 1e-9);
  EXPECT_GT(whole, 0);
}

TEST(DecodeCommand, AFilesTokensAreTheSameAlikeAndTheirLogitsAreWritten) {
  const Folder folder;
  const std::string file = folder.path() / "model.gguf", logits = folder.path() / "logits.f32";
  ASSERT_EQ(
      shell("'" WEIGHIN_BINARY "' synth stories260k --format q8_0 --no-vocabulary -o " + shell_word(file))
          .exit_code,
      0);
  const std::string run =
      shell_word(file) + " --prompt-tokens 5,6,7 --tokens 4 --no-parts --json --logits " + shell_word(logits);
  const json once = answer(decode(run)), twice = answer(decode(run + " --threads 1"));
  EXPECT_EQ(once["tokens"], twice["tokens"]);
  EXPECT_EQ(once["weights"], "the file's");
  EXPECT_EQ(std::filesystem::file_size(logits), (3 + 4) * 512 * sizeof(float));

  const ShellOutcome format = decode(shell_word(file) + " --format q4_0");
  EXPECT_EQ(format.exit_code, 2);
  EXPECT_NE(format.output.find("--format is of synthetic models"), std::string::npos) << format.output;
  const ShellOutcome token = decode(shell_word(file) + " --prompt-tokens 512");
  EXPECT_EQ(token.exit_code, 2);
  EXPECT_NE(token.output.find("has 512 tokens (0 to 511), and 512 is not one of them"), std::string::npos)
      << token.output;
}

TEST(DecodeCommand, WhatDoesNotFitOrIsNotComputedIsRefused) {
  const ShellOutcome large = decode("llama-3.1-405b --format f32");
  EXPECT_EQ(large.exit_code, 1);
  EXPECT_NE(large.output.find("GiB of memory may be used"), std::string::npos) << large.output;
  const ShellOutcome other = decode("phi-3-mini");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_NE(other.output.find("supported are llama"), std::string::npos) << other.output;
  EXPECT_EQ(decode("no-such-model").exit_code, 2);
}

}  // namespace
}  // namespace weighin
