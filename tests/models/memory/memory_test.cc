// Bytes in memory, compared with sums computed by hand and with a real engine.
#include "models/memory/memory.h"

#include <gtest/gtest.h>

#include <set>

#include "models/bytes/file_bytes.h"
#include "models/bytes/tensor_formats.h"
#include "models/llamacpp/split.h"
#include "models/names/catalogue.h"

namespace weighin {
namespace {

constexpr double mib = 1 << 20;

const ModelShape& model(const char* name) {
  const ModelShape* found = find_model(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

TEST(Formats, RowsAreWholeBlocks) {
  EXPECT_EQ(row_bytes(FormatId::f32, 3), 12u);
  EXPECT_EQ(row_bytes(FormatId::q4_0, 64), 36u);
  EXPECT_EQ(row_bytes(FormatId::q4_0, 65), 54u);
  EXPECT_EQ(row_bytes(FormatId::q4_K, 256), 144u);
  EXPECT_EQ(row_bytes(FormatId::q6_K, 512), 420u);
  EXPECT_EQ(find_format("Q4_k")->id, FormatId::q4_K);
  EXPECT_EQ(find_format("q9"), nullptr);
}

// Llama 3.2 1B, computed by hand: 16 layers of q and o (2048 x 2048), k and v (512 x 2048) and three matrices
// of 8192 x 2048, all in q4_0 (18 bytes for 32 values); the tied embedding of 128256 x 2048 in q6_K (210
// bytes for 256); 33 norms of 2048 values and 32 rope factors in f32.
TEST(Memory, WeightsAreExact) {
  const uint64_t layer = (2ull * 2048 * 2048 + 2ull * 512 * 2048 + 3ull * 8192 * 2048) / 32 * 18;
  const uint64_t expected = 16 * layer + 128256ull * 2048 / 256 * 210 + 33ull * 2048 * 4 + 32 * 4;
  EXPECT_EQ(memory_use(model("llama-3.2-1b"), file_format_of(FileFormatId::q4_0), 2048).weights_bytes,
            expected);
}

// The peak resident size of llama.cpp v0.5.0 without mmap at a context of 2048: 875 MiB in Q4_0, 1399 MiB in
// Q8_0.
TEST(Memory, PeakIsARealEngines) {
  const auto peak = [](FileFormatId format) {
    MemorySettings settings;
    settings.context = 2048;
    settings.mmap = false;
    MemoryUse use = memory_use(model("llama-3.2-1b"), file_format_of(format), settings);
    use.tokenizer_bytes -= 120ull * 128256;  // the measured files have no texts of a vocabulary
    return static_cast<double>(use.peak_resident_bytes()) / mib;
  };
  EXPECT_NEAR(peak(FileFormatId::q4_0), 875, 875 * 0.02);
  EXPECT_NEAR(peak(FileFormatId::q8_0), 1399, 1399 * 0.02);
}

TEST(Memory, CacheFollowsGroupsWindowsAndLatents) {
  const auto kv = [](const char* name, uint32_t context) {
    return memory_use(model(name), file_format_of(FileFormatId::q8_0), context).kv_bytes;
  };
  EXPECT_EQ(kv("llama-3.2-1b", 2048), 16ull * 2 * 8 * 64 * 2048 * 2);
  EXPECT_EQ(kv("llama-3.2-1b", 2049), 16ull * 2 * 8 * 64 * 2304 * 2);   // in steps of 256
  EXPECT_EQ(kv("gemma-2b", 4096), 18ull * 2 * 256 * 4096 * 2);          // one KV head
  EXPECT_EQ(kv("mistral-7b", 32768), 32ull * 2 * 8 * 128 * 32768 * 2);  // engines do not use its window
  // Layers with a window hold the window and one micro-batch.
  EXPECT_EQ(kv("gemma-2-2b", 8192), 2ull * 2 * 4 * 256 * (13ull * (4096 + 512) + 13ull * 8192));
  EXPECT_EQ(kv("gemma-2-2b", 4096), 2ull * 2 * 4 * 256 * 26 * 4096);
  EXPECT_EQ(kv("kimi-k2", 4096), 61ull * (512 + 64) * 4096 * 2);
  EXPECT_EQ(kv("distilbert", 512), 0u);
}

// Compute buffers in MiB, as llama.cpp v0.5.0 prints them. tests/engine/memory.test.mjs compares with the
// engine itself.
TEST(Memory, ComputeBuffersAreTheEnginesOwn) {
  struct Case {
    const char* model;
    uint32_t context, micro_batch;
    bool flash;
    double mib;
  };
  for (const Case& c :
       {Case{"llama-2-7b", 4096, 512, true, 100.51}, Case{"llama-2-7b", 4096, 512, false, 320.01},
        Case{"gemma-2-2b", 4096, 512, true, 513.50}, Case{"gemma-3-1b", 4096, 128, true, 129.13},
        Case{"qwen3-0.6b", 512, 512, true, 309.26}, Case{"mixtral-8x7b", 32768, 512, true, 232.01},
        Case{"deepseek-v2-lite", 4096, 512, true, 240.25}, Case{"falcon-7b", 4096, 512, false, 620.88},
        Case{"phi-2", 4096, 512, false, 299.01}, Case{"olmo2-1b", 4096, 512, true, 204.00}}) {
    MemorySettings settings;
    settings.context = c.context;
    settings.micro_batch = c.micro_batch;
    settings.flash_attention = c.flash;
    const MemoryUse use = memory_use(model(c.model), file_format_of(FileFormatId::q8_0), settings);
    EXPECT_NEAR(static_cast<double>(use.compute_bytes) / mib, c.mib, 0.02) << c.model;
  }
}

TEST(Memory, EachSettingChangesItsPartAlone) {
  const FileFormat& q4 = file_format_of(FileFormatId::q4_0);
  const MemoryUse usual = memory_use(model("llama-3.2-1b"), q4, MemorySettings{});
  MemorySettings settings;
  settings.key = settings.value = FormatId::q8_0;
  EXPECT_EQ(memory_use(model("llama-3.2-1b"), q4, settings).kv_bytes * 64, usual.kv_bytes * 34);
  settings.key = FormatId::f16;  // the values alone in 8.5 bits of 16
  EXPECT_EQ(memory_use(model("llama-3.2-1b"), q4, settings).kv_bytes * 128, usual.kv_bytes * (64 + 34));
  settings = {};
  settings.mmap = false;
  EXPECT_EQ(memory_use(model("llama-3.2-1b"), q4, settings).repacked_bytes, 0u);
  EXPECT_EQ(usual.repacked_bytes, 522ull << 20);  // as the engine's log says
  settings = {};
  settings.sequences = 4;
  EXPECT_EQ(memory_use(model("llama-3.2-1b"), q4, settings).kv_bytes, usual.kv_bytes);
  EXPECT_EQ(memory_use(model("llama-3.2-1b"), q4, settings).logits_bytes, usual.logits_bytes * 4);
}

TEST(Memory, ASplitHoldsEveryByteOnce) {
  const ModelShape& llama = model("llama-3.1-8b");
  const FileFormat& q4 = file_format_of(FileFormatId::q4_K_M);
  const MemorySettings settings;
  const MemoryUse whole = memory_use(llama, q4, settings);
  for (const uint32_t layers : {0u, 1u, 10u, 32u, 33u}) {
    const auto split = llamacpp::split_use(llama, q4, settings, layers);
    EXPECT_EQ(split.gpu_weights_bytes + split.cpu_weights_bytes, whole.weights_bytes) << layers;
    EXPECT_EQ(split.gpu_kv_bytes + split.cpu_kv_bytes, whole.kv_bytes) << layers;
  }
  EXPECT_EQ(llamacpp::split_use(llama, q4, settings, 0).gpu_bytes(), 0u);
  EXPECT_EQ(llamacpp::split_use(llama, q4, settings, 33).cpu_kv_bytes, 0u);
  const auto best = llamacpp::best_split(llama, q4, settings, 4ull << 30);
  EXPECT_GT(best.gpu_layers, 10u);
  EXPECT_LE(best.gpu_bytes(), 4ull << 30);
  EXPECT_GT(llamacpp::split_use(llama, q4, settings, best.gpu_layers + 1).gpu_bytes(), 4ull << 30);
}

TEST(Memory, LayersGoToSeveralGpusInProportionToTheirMemory) {
  const auto ends = [](uint32_t layers, uint32_t first, std::vector<uint64_t> bytes) {
    return llamacpp::ends_by_memory(layers, first, bytes);
  };
  EXPECT_EQ(ends(32, 0, {8}), (std::vector<uint32_t>{33}));
  EXPECT_EQ(ends(32, 0, {2, 1}), (std::vector<uint32_t>{22, 33}));
  EXPECT_EQ(ends(31, 0, {1, 1, 2}), (std::vector<uint32_t>{8, 16, 32}));
  EXPECT_EQ(ends(31, 16, {1, 3}), (std::vector<uint32_t>{20, 32})) << "the first 16 are the CPU's";
  EXPECT_EQ(ends(2, 0, {1, 1000}), (std::vector<uint32_t>{1, 3})) << "a layer is not divided";
}

/// The formats of the tensors of `shape` that have this role.
std::set<FormatId> formats_of(const ModelShape& shape, TensorRole role, FileFormatId file) {
  const std::vector<FormatId> all = tensor_formats(shape, file_format_of(file));
  std::set<FormatId> found;
  for (size_t i = 0; i < all.size(); ++i)
    if (shape.tensors[i].role == role) found.insert(all[i]);
  return found;
}

TEST(Memory, TheOutputMatrixIsNeverUnderSixBits) {
  const ModelShape& llama = model("llama-3.1-8b");
  using Set = std::set<FormatId>;
  EXPECT_EQ(formats_of(llama, TensorRole::output, FileFormatId::q4_0), Set{FormatId::q6_K});
  EXPECT_EQ(formats_of(llama, TensorRole::output, FileFormatId::q8_0), Set{FormatId::q8_0});
  EXPECT_EQ(formats_of(llama, TensorRole::token_embedding, FileFormatId::q4_0), Set{FormatId::q4_0});
  EXPECT_EQ(formats_of(llama, TensorRole::norm, FileFormatId::q4_0), Set{FormatId::f32});
}

TEST(Memory, RowsThatAreNoWholeSuperBlockFallBack) {
  const ModelShape& qwen = model("qwen2.5-0.5b");  // a width of 896 is 3.5 super-blocks
  EXPECT_EQ(formats_of(qwen, TensorRole::attn_q, FileFormatId::q4_K), std::set{FormatId::q5_0});
  EXPECT_EQ(formats_of(qwen, TensorRole::ffn_down, FileFormatId::q4_K), std::set{FormatId::q4_K});
}

TEST(Memory, FewerBitsAreFewerBytes) {
  for (const ModelShape& shape : all_models()) {
    if (!shape.undisclosed.empty()) continue;
    uint64_t previous = UINT64_MAX;
    for (const FileFormatId format :
         {FileFormatId::f32, FileFormatId::f16, FileFormatId::q8_0, FileFormatId::q6_K, FileFormatId::q4_0}) {
      const uint64_t bytes = download_bytes(shape, file_format_of(format));
      EXPECT_LE(bytes, previous) << shape.name;
      previous = bytes;
    }
  }
}

TEST(Memory, TheLargestContextIsTheLastThatFits) {
  const ModelShape& llama = model("llama-3.2-1b");
  const uint64_t exact = memory_use(llama, file_format_of(FileFormatId::q4_0), 8192).needed_bytes();
  EXPECT_EQ(largest_context(llama, file_format_of(FileFormatId::q4_0), exact), 8192u);
  EXPECT_EQ(largest_context(llama, file_format_of(FileFormatId::q4_0), exact - 1), 8192u - 256);
  EXPECT_EQ(largest_context(llama, file_format_of(FileFormatId::q4_0), 1 << 20), 0u);
  EXPECT_EQ(largest_context(llama, file_format_of(FileFormatId::q4_0), UINT64_MAX), llama.max_context);
}

}  // namespace
}  // namespace weighin
