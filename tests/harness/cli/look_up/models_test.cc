// weighin models, from outside.
#include <gtest/gtest.h>

#include "models/bytes/file_bytes.h"
#include "models/names/catalogue.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

TEST(ModelsCommand, ResolvesANameToAnObject) {
  const auto object = answer("models resolve Llama-3.2-1B-Instruct-Q4_K_M.gguf --json");
  EXPECT_EQ(object["name"], "Llama-3.2-1B-Instruct-Q4_K_M.gguf");
  EXPECT_EQ(object["model"], "llama-3.2-1b");
  EXPECT_EQ(object["params"], parameters(*find_model("llama-3.2-1b")));
  EXPECT_EQ(object["params_basis"], "catalogue");
  EXPECT_EQ(object["size_class"], "1B");
  EXPECT_EQ(object["format"], "Q4_K_M");
}

TEST(ModelsCommand, ResolvesSeveralNamesAndSaysWhatIsNotKnown) {
  const auto names = answer("models resolve Foo-30B-A3B 'Foo 2.5' --json")["names"];
  ASSERT_EQ(names.size(), 2u);
  EXPECT_TRUE(names[0]["model"].is_null());
  EXPECT_EQ(names[0]["params"], 30'000'000'000u);
  EXPECT_EQ(names[0]["params_basis"], "name");
  EXPECT_EQ(names[0]["active_params"], 3'000'000'000u);
  for (const char* field : {"model", "params", "params_basis", "active_params", "size_class", "format"})
    EXPECT_TRUE(names[1].contains(field) && names[1][field].is_null()) << field;
}

TEST(ModelsCommand, ShowsEveryFile) {
  const auto files = answer("models show gemma-2b --json")["files"];
  ASSERT_EQ(files.size(), all_file_formats().size());
  for (const auto& file : files) {
    const FileFormat* format = find_file_format(file["format"].get<std::string>());
    ASSERT_NE(format, nullptr) << file;
    const FileBytes bytes = file_bytes(*find_model("gemma-2b"), *format);
    EXPECT_EQ(file["container"], container_name(format->container));
    EXPECT_EQ(file["bytes"], bytes.total());
    EXPECT_EQ(file["weight_bytes"], bytes.weights);
  }
}

}  // namespace
}  // namespace weighin
