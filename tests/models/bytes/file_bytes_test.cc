// Bytes of files, compared with published files.
#include "models/bytes/file_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/bytes/packed_formats.h"
#include "models/names/catalogue.h"

namespace weighin {
namespace {

struct Published {
  const char* model;
  const char* format;
  uint64_t bytes;
};

const ModelShape& model(const char* name) {
  const ModelShape* found = find_model(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

FileBytes bytes_of(const char* name, const char* format) {
  const FileFormat* found = find_file_format(format);
  EXPECT_NE(found, nullptr) << format;
  return file_bytes(model(name), *found);
}

// Sizes that huggingface.co lists: TheBloke/Llama-2-7B-Chat-GGUF, TheBloke/Mistral-7B-Instruct-v0.2-GGUF,
// bartowski/Meta-Llama-3.1-8B-Instruct-GGUF, bartowski/Llama-3.2-1B-Instruct-GGUF,
// unsloth/Llama-3.2-3B-Instruct-GGUF, bartowski/gemma-2-2b-it-GGUF, Qwen/Qwen2.5-Coder-7B-Instruct-GGUF,
// unsloth/Qwen3-0.6B-GGUF.
constexpr Published gguf_files[] = {
    {"llama-2-7b", "Q4_0", 3825807040},     {"llama-2-7b", "Q4_K_M", 4081004224},
    {"llama-2-7b", "Q5_K_M", 4783156928},   {"llama-2-7b", "Q8_0", 7161089728},
    {"mistral-7b", "Q4_K_M", 4368439584},   {"llama-3.1-8b", "IQ2_M", 2948285856},
    {"llama-3.1-8b", "Q2_K", 3179136416},   {"llama-3.1-8b", "IQ3_XS", 3518752160},
    {"llama-3.1-8b", "Q3_K_S", 3664504224}, {"llama-3.1-8b", "IQ3_M", 3784828320},
    {"llama-3.1-8b", "Q3_K_M", 4018922912}, {"llama-3.1-8b", "Q3_K_L", 4321961376},
    {"llama-3.1-8b", "IQ4_XS", 4447667616}, {"llama-3.1-8b", "IQ4_NL", 4677993888},
    {"llama-3.1-8b", "Q4_K_S", 4692673952}, {"llama-3.1-8b", "Q4_K_M", 4920739232},
    {"llama-3.1-8b", "Q5_K_S", 5599298976}, {"llama-3.1-8b", "Q5_K_M", 5732992416},
    {"llama-3.1-8b", "Q6_K", 6596011424},   {"llama-3.1-8b", "Q8_0", 8540775840},
    {"llama-3.1-8b", "F32", 32128885888},   {"llama-3.2-1b", "IQ3_M", 657289344},
    {"llama-3.2-1b", "Q3_K_L", 732524672},  {"llama-3.2-1b", "IQ4_XS", 743141504},
    {"llama-3.2-1b", "Q4_K_M", 807694464},  {"llama-3.2-1b", "Q6_K", 1021800576},
    {"llama-3.2-1b", "F16", 2479595360},    {"llama-3.2-3b", "Q2_K", 1363935680},
    {"llama-3.2-3b", "IQ4_NL", 1917190592}, {"llama-3.2-3b", "Q4_1", 2093351360},
    {"llama-3.2-3b", "BF16", 6433687744},   {"gemma-2-2b", "IQ3_M", 1393561440},
    {"gemma-2-2b", "Q3_K_L", 1550436192},   {"gemma-2-2b", "IQ4_XS", 1566250848},
    {"gemma-2-2b", "Q4_K_S", 1638651744},   {"gemma-2-2b", "Q4_K_M", 1708582752},
    {"gemma-2-2b", "Q8_0", 2784495456},     {"gemma-2-2b", "F32", 10463413856},
    {"qwen2.5-7b", "Q2_K", 3015940032},     {"qwen2.5-7b", "Q4_0", 4431390720},
    {"qwen2.5-7b", "Q5_0", 5315176576},     {"qwen2.5-7b", "Q6_K", 6254198784},
    {"qwen2.5-7b", "F16", 15237853184},     {"qwen3-0.6b", "IQ4_XS", 367804096},
    {"qwen3-0.6b", "Q4_K_M", 396705472},    {"qwen3-0.6b", "Q8_0", 639447744},
};

// What a file holds beside its tensors does not depend on their format. Where the tensors of a mix are exact,
// every file of a model has the same remainder, up to padding and the name of the quantizer's version.
TEST(FileBytes, TensorsAreExact) {
  for (const char* name : {"llama-2-7b", "llama-3.1-8b", "llama-3.2-1b", "gemma-2-2b"}) {
    uint64_t least = UINT64_MAX, most = 0;
    for (const Published& file : gguf_files) {
      if (std::string_view(file.model) != name) continue;
      const uint64_t weights = bytes_of(file.model, file.format).weights;
      ASSERT_LT(weights, file.bytes) << file.model << " " << file.format;
      least = std::min(least, file.bytes - weights);
      most = std::max(most, file.bytes - weights);
    }
    EXPECT_LE(most - least, 1024u) << name;
  }
}

TEST(FileBytes, AreThePublishedOnes) {
  for (const Published& file : gguf_files) {
    const FileBytes bytes = bytes_of(file.model, file.format);
    EXPECT_NEAR(static_cast<double>(bytes.total()) / static_cast<double>(file.bytes), 1, 0.005)
        << file.model << " " << file.format;
    // The header, which mostly is the tokenizer, is an estimate within 8%.
    const double header = static_cast<double>(file.bytes - bytes.weights);
    EXPECT_NEAR(static_cast<double>(bytes.header) / header, 1, 0.08) << file.model << " " << file.format;
  }
}

TEST(FileBytes, ReadTokenizersAreTaken) {
  ModelShape shape = model("llama-2-7b");
  shape.tokenizer_bytes = 1000;
  EXPECT_EQ(gguf_tokenizer_bytes(shape), 1000u);
}

// A matrix of 4096 outputs and 11008 inputs, computed by hand.
TEST(PackedFormats, AMatrixIsAsItsLayoutSays) {
  const auto bytes = [](FileFormatId id) {
    return packed_bytes(find_packed_format(id)->feed_forward, 4096, 11008);
  };
  constexpr uint64_t values = 4096ull * 11008;
  EXPECT_EQ(bytes(FileFormatId::safetensors_bf16), values * 2);
  EXPECT_EQ(bytes(FileFormatId::safetensors_fp8), values + 4096 * 2);
  // qweight 1376 x 4096 int32, qzeros 86 x 512 int32, scales 86 x 4096 f16, g_idx 11008 int32.
  EXPECT_EQ(bytes(FileFormatId::gptq_int4_g128),
            1376ull * 4096 * 4 + 86 * 512 * 4 + 86 * 4096 * 2 + 11008 * 4);
  EXPECT_EQ(bytes(FileFormatId::gptq_int8_g128),
            2752ull * 4096 * 4 + 86 * 1024 * 4 + 86 * 4096 * 2 + 11008 * 4);
  EXPECT_EQ(bytes(FileFormatId::awq_int4_g128), 11008ull * 512 * 4 + 86 * 512 * 4 + 86 * 4096 * 2);
  EXPECT_EQ(bytes(FileFormatId::onnx_q4), 4096ull * 344 * (16 + 4));
  EXPECT_EQ(bytes(FileFormatId::onnx_q4f16), 4096ull * 344 * (16 + 2));
  EXPECT_EQ(bytes(FileFormatId::onnx_int8), values + 5);
  EXPECT_EQ(bytes(FileFormatId::mlx_4bit), values / 2 + 4096ull * 172 * 4);
  EXPECT_EQ(bytes(FileFormatId::mediapipe_int4), values / 2 + 4096 * 4);
}

// Published sizes: the safetensors of meta-llama/Llama-3.2-1B and Qwen2.5-7B, the MediaPipe files of
// google/gemma-2b (gemma-2b-it-gpu-int4.bin) and gemma-7b-it (gpu-int8.bin), and onnx/model.onnx and
// model_quantized.onnx of Xenova/all-MiniLM-L6-v2 (revision 751bff37) and Xenova/bge-small-en-v1.5
// (ea104dac).
TEST(PackedFormats, FilesAreThePublishedOnes) {
  for (const Published& file : {Published{"llama-3.2-1b", "safetensors-bf16", 2471645608},
                                Published{"gemma-2b", "mediapipe-int4", 1346502656},
                                Published{"gemma-7b", "mediapipe-int8", 8551137280},
                                Published{"all-minilm-l6-v2", "onnx-fp32", 90387630},
                                Published{"all-minilm-l6-v2", "onnx-int8", 22972370},
                                Published{"bge-small-en-v1.5", "onnx-fp32", 133093490},
                                Published{"bge-small-en-v1.5", "onnx-int8", 34014426}}) {
    EXPECT_NEAR(
        static_cast<double>(bytes_of(file.model, file.format).total()) / static_cast<double>(file.bytes), 1,
        0.005)
        << file.model << " " << file.format;
  }
}

TEST(PackedFormats, EveryFormatHasItsBytes) {
  const ModelShape& shape = model("llama-3.2-1b");
  for (const FileFormat& format : all_file_formats()) {
    EXPECT_EQ(find_packed_format(format.id) != nullptr, format.container != Container::gguf) << format.name;
    const FileBytes bytes = file_bytes(shape, format);
    EXPECT_GT(bytes.weights, parameters(shape) / 8) << format.name;
    EXPECT_GT(bytes.header, 1000u) << format.name;
    EXPECT_LT(bytes.header, bytes.weights / 20) << format.name;
  }
}

}  // namespace
}  // namespace weighin
