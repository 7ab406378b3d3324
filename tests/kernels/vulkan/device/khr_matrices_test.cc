// Shaders for matrix units are rewritten from NVIDIA's extension to Khronos's.
#include "kernels/vulkan/device/khr_matrices.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "kernels/vulkan/device/shaders.h"

namespace weighin {
namespace {

// Numbers of SPIR-V: opcodes, and the capabilities that follow OpCapability.
constexpr uint32_t capability = 17, constant = 43, khr_type = 4456, khr_load = 4457, khr_multiply_add = 4459,
                   nv_first = 5358, nv_last = 5362, nv_capability = 5357, khr_capability = 6022;

using Instructions = std::multimap<uint32_t, std::vector<uint32_t>>;  // operands by opcode

Instructions instructions_of(const std::vector<uint32_t>& words) {
  Instructions found;
  for (size_t at = 5; at < words.size(); at += words[at] >> 16) {
    const uint32_t count = words[at] >> 16;
    if (count == 0 || at + count > words.size()) {
      ADD_FAILURE() << "an instruction of " << count << " words at " << at;
      break;
    }
    found.emplace(words[at] & 0xffff, std::vector(words.begin() + static_cast<ptrdiff_t>(at) + 1,
                                                  words.begin() + static_cast<ptrdiff_t>(at + count)));
  }
  return found;
}

TEST(KhrMatrices, EveryShaderThatNeedsThemIsRewrittenWhole) {
  size_t rewritten = 0;
  for (const std::string_view name : shader_names()) {
    SCOPED_TRACE(std::string(name));
    const std::vector<uint32_t> words = *shader_words(std::string(name));
    const std::vector<uint32_t> khr = with_khr_matrices(words);
    if (khr == words) {
      const Instructions found = instructions_of(words);
      EXPECT_TRUE(found.lower_bound(nv_first) == found.lower_bound(nv_last + 1))
          << "it has matrices, left as they are";
      continue;
    }
    ++rewritten;
    const Instructions found = instructions_of(khr);
    for (uint32_t opcode = nv_first; opcode <= nv_last; ++opcode)
      EXPECT_EQ(found.count(opcode), 0U) << opcode;
    size_t khr_named = 0;
    for (auto [at, end] = found.equal_range(capability); at != end; ++at) {
      EXPECT_NE(at->second[0], nv_capability);
      khr_named += at->second[0] == khr_capability;
    }
    EXPECT_EQ(khr_named, 1U);
    // Two factors and a sum: each type has another use, and the multiplication takes them in that order.
    std::map<uint32_t, uint32_t> value_of;
    for (auto [at, end] = found.equal_range(constant); at != end; ++at)
      value_of[at->second[1]] = at->second[2];
    std::map<uint32_t, uint32_t> use_of;
    for (auto [at, end] = found.equal_range(khr_type); at != end; ++at)
      use_of[at->second[0]] = value_of.at(at->second[5]);
    ASSERT_EQ(use_of.size(), 3U);
    EXPECT_GT(found.count(khr_multiply_add), 0U);
    for (auto [at, end] = found.equal_range(khr_multiply_add); at != end; ++at)
      EXPECT_EQ(use_of.at(at->second[0]), 2U);
    // Activations are read column by column, weights row by row.
    for (auto [at, end] = found.equal_range(khr_load); at != end; ++at)
      EXPECT_EQ(value_of.at(at->second[3]), use_of.at(at->second[0]));
    EXPECT_GT(khr[3], words[3]);  // ids are below the bound
  }
  EXPECT_GT(rewritten, 15U);  // gemm in every format but f32, and the peak
}

TEST(KhrMatrices, OtherWordsAreLeftAsTheyAre) {
  // The last instruction ends past the words.
  const std::vector<uint32_t> broken{0x07230203, 0x00010300, 0, 10, 0, 0x00ff0011};
  EXPECT_EQ(with_khr_matrices(broken), broken);
  EXPECT_EQ(with_khr_matrices(std::vector<uint32_t>{}), std::vector<uint32_t>());
}

}  // namespace
}  // namespace weighin
