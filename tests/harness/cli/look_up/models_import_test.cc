// weighin models import, models forget, and fit on a file, from outside.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/store/store.h"
#include "tests/expect_words.h"
#include "tests/folder.h"
#include "tests/harness/bench_device.h"
#include "tests/harness/shell.h"
#include "tests/models/gguf/made_gguf.h"

namespace weighin {
namespace {

using nlohmann::json;

/// Runs `weighin ARGS` with a data folder of the test's own.
class ModelsImport : public testing::Test {
 protected:
  ShellOutcome run(const std::string& arguments, bool with_errors = true) const {
    return shell("XDG_DATA_HOME='" + folder_.path().string() + "/data' '" WEIGHIN_BINARY "' " + arguments +
                 (with_errors ? " 2>&1" : " 2>/dev/null"));
  }

  Folder folder_;
};

TEST_F(ModelsImport, KeepsAModelUntilItIsForgotten) {
  const MadeGguf made = made_llama(2);
  const std::string file = folder_.write("my model.gguf", made.bytes());
  const json said = answer(run("models import " + shell_word(file) + " --json", false));
  EXPECT_EQ(said["name"], "made-llama-1b");
  EXPECT_EQ(said["format"], "Q4_K_M");
  EXPECT_EQ(said["bytes"], made.size());

  std::filesystem::remove(file);  // what is kept stands alone
  const json model = answer(run("models show made-llama-1b --json", false));
  EXPECT_EQ(model["files"],
            json::parse(R"([{"format": "Q4_K_M", "bytes": )" + std::to_string(made.size()) + "}]"));
  EXPECT_EQ(model["params"], said["params"]);
  EXPECT_EQ(model["checked"], "read");
  EXPECT_NE(run("models list").output.find("made-llama-1b"), std::string::npos);

  EXPECT_EQ(run("models forget made-llama-1b").exit_code, 0);
  EXPECT_EQ(run("models show made-llama-1b").exit_code, 2);
  const ShellOutcome again = run("models forget made-llama-1b");
  EXPECT_EQ(again.exit_code, 2);
  expect_words(again.output, {"no imported model", "made-llama-1b"});
}

TEST_F(ModelsImport, ShadowsNoModelOfTheCatalogue) {
  const std::string file = folder_.write("a.gguf", made_llama(1).bytes());
  const ShellOutcome refused = run("models import " + shell_word(file) + " --as gemma-2b");
  EXPECT_EQ(refused.exit_code, 2);
  expect_words(refused.output, {"gemma-2b", "--as"});
  EXPECT_EQ(run("models import " + shell_word(file) + " --as '../../Odd Name'").exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "data/weighin/models/odd-name.json"));
}

TEST_F(ModelsImport, SaysWhatIsWrongWithAFile) {
  const std::string whole = made_llama(1).bytes();
  const ShellOutcome cut =
      run("models import " + shell_word(folder_.write("cut.gguf", whole.substr(0, whole.size() / 2))));
  EXPECT_EQ(cut.exit_code, 2);
  expect_words(cut.output, {"cut.gguf", "incomplete"});
  EXPECT_EQ(run("models import /nowhere/none.gguf").exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "data/weighin/models"));
  // A kept file that was damaged is left out, and said so; the rest works.
  folder_.write("data/weighin/models/broken.json", "{");
  const ShellOutcome listed = run("models list");
  EXPECT_EQ(listed.exit_code, 0);
  expect_words(listed.output, {"broken.json", "gemma-2b"});
}

TEST_F(ModelsImport, FitReadsAFileAsItIs) {
  const MadeGguf made = made_llama(2);
  const std::string file = folder_.write("a.gguf", made.bytes()),
                    database = (folder_.path() / "fit.db").string();
  {
    auto store = Store::open(database, Access::write);
    ASSERT_TRUE(store) << store.error();
    const int64_t run = begin_bench_run(*store, uint64_t{100} << 30);
    Measurement measurement = bench_measurement(run);
    measurement.kernel = "cpu.gemv";
    measurement.problem = {.op = Op::gemv, .format = FormatId::q4_K, .m = 2048, .n = 1, .k = 2048};
    measurement.seconds = 1e-4;
    measurement.samples = {1e-4};
    ASSERT_TRUE(store->record(measurement));
  }
  const std::string on = " --json --device bench --db " + shell_word(database);
  // It fits, but the one measurement says nothing of its speed: the verdict is unknown.
  const json verdicts = answer(run("fit " + shell_word(file) + on, false), 1)["verdicts"];
  ASSERT_EQ(verdicts.size(), 1u);
  EXPECT_EQ(verdicts[0]["format"], "Q4_K_M");
  EXPECT_EQ(verdicts[0]["download_bytes"], made.size());
  EXPECT_EQ(verdicts[0]["fits"], true);
  // Whatever the format that is asked for: a file has its own.
  EXPECT_EQ(answer(run("fit " + shell_word(file) + " --format all" + on, false), 1)["verdicts"].size(), 1u);
  EXPECT_EQ(run("fit /nowhere/none.gguf" + on).exit_code, 2);
}

}  // namespace
}  // namespace weighin
