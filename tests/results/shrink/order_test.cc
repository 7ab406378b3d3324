// The order in which smaller models are offered.
#include <gtest/gtest.h>

#include "models/names/catalogue.h"
#include "results/profile/published_device.h"
#include "results/shrink/shrink.h"

namespace weighin {
namespace {

TEST(ShrinkOrder, OfTheSameUnknownLossTheLargerComesFirst) {
  size_t pairs = 0;
  for (const char* name : {"llama-3.2-1b", "qwen3-8b", "gemma-2b"}) {
    const auto answer =
        shrink(*find_model(name), {.format = FileFormatId::f16}, memory_profile(uint64_t{64} << 30));
    ASSERT_TRUE(answer) << answer.error();
    for (size_t i = 0; i + 1 < answer->options.size(); ++i) {
      const ShrinkOption &a = answer->options[i], &b = answer->options[i + 1];
      const bool alike = a.technique == b.technique && !a.loss_percent && !b.loss_percent;
      if (!alike || a.verdict.fits == false || b.verdict.fits == false) continue;
      ++pairs;
      EXPECT_GE(a.verdict.needs.params, b.verdict.needs.params) << name << ": " << a.what << ", " << b.what;
      if (a.verdict.needs.params == b.verdict.needs.params)
        EXPECT_GE(a.verdict.needs.download_bytes, b.verdict.needs.download_bytes)
            << name << ": " << a.what << ", " << b.what;
    }
  }
  EXPECT_GT(pairs, 3u);
}

}  // namespace
}  // namespace weighin
