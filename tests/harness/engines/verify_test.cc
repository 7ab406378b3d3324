// What `verify` expects of an engine's memory.
#include "harness/engines/verify.h"

#include <gtest/gtest.h>

#include "models/names/catalogue.h"

namespace weighin {
namespace {

// Llama 3.2 1B caches 2048 bytes a layer and token in f16 (8 KV heads of 64, keys and values), in 16 layers.
TEST(VerifyMemory, HoldsTheContextThatIsGivenAndThatWhichIsComputed) {
  const ModelShape& llama = *find_model("llama-3.2-1b");
  const FileFormat& q4 = file_format_of(FileFormatId::q4_0);
  VerifySettings settings;
  settings.prompt = 512;
  settings.generated = 128;
  settings.depth = 0;
  const uint64_t at_start = predicted_memory(llama, q4, settings, true);
  settings.depth = 8192;
  const uint64_t deep = predicted_memory(llama, q4, settings, true);
  EXPECT_GE(deep - at_start, uint64_t{8192} * 16 * 2048);
  settings.generated = 4096;
  EXPECT_GE(predicted_memory(llama, q4, settings, true) - deep, uint64_t{4096 - 512} * 16 * 2048);
}

}  // namespace
}  // namespace weighin
