// safetensors: headers, indexes, and the shapes that follow from the tensors and the config.json beside them.
#include "models/safetensors/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "models/bytes/file_bytes.h"
#include "models/format/file_format.h"
#include "models/import/import.h"
#include "models/memory/memory.h"
#include "models/safetensors/tensor_names.h"
#include "models/source/byte_source.h"
#include "tests/expect_words.h"
#include "tests/folder.h"

namespace weighin {
namespace {

using nlohmann::json;

std::string file_of(const std::string& header, uint64_t data_bytes) {
  const uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  return file + header + std::string(data_bytes, '\0');
}

/// A file of tensors that follow each other, as the library of the format writes them.
class MadeSafetensors {
 public:
  MadeSafetensors& add(const std::string& name, const std::string& dtype, const std::vector<uint64_t>& shape,
                       uint64_t bytes_each) {
    uint64_t bytes = bytes_each;
    for (const uint64_t dimension : shape) bytes *= dimension;
    header_[name] = {{"dtype", dtype}, {"shape", shape}, {"data_offsets", {bytes_, bytes_ + bytes}}};
    bytes_ += bytes;
    return *this;
  }
  std::string bytes() const { return file_of(header_.dump(), bytes_); }
  uint64_t data_bytes() const { return bytes_; }
  const json& header() const { return header_; }

 private:
  json header_ = {{"__metadata__", {{"format", "pt"}}}};
  uint64_t bytes_ = 0;
};

std::string refusal(const std::string& bytes) {
  ByteSource source = source_of_bytes("made.safetensors", bytes);
  const auto file = read_safetensors(source);
  return file ? "accepted" : file.error();
}

std::string refused_header(const std::string& header) {
  return refusal(file_of(header, 64));
}

const char* llama_config =
    R"({"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 64,
  "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
  "vocab_size": 100, "max_position_embeddings": 512, "rms_norm_eps": 1e-5, "tie_word_embeddings": false)";

/// Every tensor of such a model. Norms are in f32 where `exact_norms` is set.
MadeSafetensors made_llama_tensors(int layer_from, int layer_to, bool ends, bool exact_norms = false) {
  MadeSafetensors made;
  const char* norm = exact_norms ? "F32" : "BF16";
  const uint64_t norm_bytes = exact_norms ? 4 : 2;
  if (ends)
    made.add("model.embed_tokens.weight", "BF16", {100, 64}, 2).add("lm_head.weight", "BF16", {100, 64}, 2);
  for (int i = layer_from; i < layer_to; ++i) {
    const std::string layer = "model.layers." + std::to_string(i) + ".";
    made.add(layer + "input_layernorm.weight", norm, {64}, norm_bytes);
    made.add(layer + "self_attn.q_proj.weight", "BF16", {64, 64}, 2);
    made.add(layer + "self_attn.k_proj.weight", "BF16", {32, 64}, 2);
    made.add(layer + "self_attn.v_proj.weight", "BF16", {32, 64}, 2);
    made.add(layer + "self_attn.o_proj.weight", "BF16", {64, 64}, 2);
    made.add(layer + "post_attention_layernorm.weight", norm, {64}, norm_bytes);
    made.add(layer + "mlp.gate_proj.weight", "BF16", {128, 64}, 2);
    made.add(layer + "mlp.up_proj.weight", "BF16", {128, 64}, 2);
    made.add(layer + "mlp.down_proj.weight", "BF16", {64, 128}, 2);
  }
  if (ends) made.add("model.norm.weight", "BF16", {64}, 2);
  return made;
}

TEST(Safetensors, ReadsAHeader) {
  const MadeSafetensors made = made_llama_tensors(0, 2, true);
  ByteSource source = source_of_bytes("made.safetensors", made.bytes());
  const auto file = read_safetensors(source);
  ASSERT_TRUE(file) << file.error();
  EXPECT_EQ(file->tensors.size(), 3u + 18);
  EXPECT_EQ(file->data_bytes, made.data_bytes());
  EXPECT_EQ(file->file_bytes, made.bytes().size());
}

TEST(Safetensors, NamesWhatIsWrong) {
  const std::string good = made_llama_tensors(0, 1, false).bytes();
  ASSERT_EQ(refusal(good), "accepted");
  for (size_t size = 0; size < good.size(); size += 7)
    expect_words(refusal(good.substr(0, size)), {"incomplete"});
  expect_words(refusal(std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10)), {"byte 0"});
  expect_words(refused_header("{"), {"no JSON object"});
  expect_words(refused_header("[]"), {"no JSON object"});
  expect_words(refused_header(R"({"a": 1})"), {"\"a\"", "no object"});
  expect_words(refused_header(R"({"a": {"dtype": "F5", "shape": [1], "data_offsets": [0, 4]}})"),
               {"\"a\"", "F5"});
  expect_words(refused_header(R"({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}})"),
               {"\"a\"", "shape"});
  expect_words(refused_header(R"({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}})"),
               {"\"a\"", "data_offsets"});
  expect_words(refused_header(R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}})"),
               {"\"a\"", "8 bytes"});
  expect_words(
      refused_header(R"({"a": {"dtype": "F32", "shape": [4294967296, 4294967296], "data_offsets": [0, 4]}})"),
      {"\"a\"", "too large"});
  expect_words(refused_header(R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
                                  "b": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}})"),
               {"\"a\" and \"b\" overlap"});
  expect_words(refused_header(R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
                                  "a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}})"),
               {"\"a\"", "second time"});
  expect_words(refused_header(R"({"a": {"dtype": "F32", "shape": [99], "data_offsets": [0, 396]}})"),
               {"incomplete"});
  expect_words(refused_header(std::string(100000, '[')), {"no JSON object"});
}

TEST(Safetensors, TheConfigurationSaysWhatTheTensorsAre) {
  for (const bool exact_norms : {false, true}) {
    const Folder folder;
    const MadeSafetensors made = made_llama_tensors(0, 2, true, exact_norms);
    folder.write("config.json", std::string(llama_config) + "}");
    const std::string path = folder.write("model.safetensors", made.bytes());
    for (const std::string& from : {path, folder.path().string()}) {
      const auto shape = import_model(from);
      ASSERT_TRUE(shape) << shape.error();
      const FileFormat& stored = file_format_of(FileFormatId::as_stored);
      EXPECT_EQ(shape->file_format, "bf16");
      EXPECT_EQ(shape->packed_bytes, 0u) << "every tensor's own format adds up to what the file holds";
      EXPECT_EQ(memory_use(*shape, stored, 256).weights_bytes, made.data_bytes());
      EXPECT_EQ(download_bytes(*shape, stored), made.bytes().size());
      EXPECT_EQ(shape->layers, 2u);
    }
  }
}

TEST(Safetensors, AnIndexNamesItsFiles) {
  const Folder folder;
  folder.write("config.json", std::string(llama_config) + "}");
  const MadeSafetensors first = made_llama_tensors(0, 1, true), second = made_llama_tensors(1, 2, false);
  const std::string part = folder.write("model-00001-of-00002.safetensors", first.bytes());
  folder.write("model-00002-of-00002.safetensors", second.bytes());
  json map;
  for (const auto& [name, entry] : first.header().items())
    if (name != "__metadata__") map[name] = "model-00001-of-00002.safetensors";
  for (const auto& [name, entry] : second.header().items())
    if (name != "__metadata__") map[name] = "model-00002-of-00002.safetensors";
  const std::string index = folder.write("model.safetensors.index.json",
                                         json{{"metadata", json::object()}, {"weight_map", map}}.dump());
  for (const std::string& from : {index, part, folder.path().string()}) {
    const auto shape = import_model(from);
    ASSERT_TRUE(shape) << shape.error();
    EXPECT_EQ(shape->file_bytes, first.bytes().size() + second.bytes().size());
    EXPECT_EQ(shape->packed_bytes, 0u);
  }
  std::filesystem::remove(folder.path() / "model-00002-of-00002.safetensors");
  expect_words(import_model(index).error(), {"model-00002-of-00002.safetensors", "cannot open"});
  map["extra"] = "../elsewhere";
  folder.write("model.safetensors.index.json", json{{"weight_map", map}}.dump());
  expect_words(import_model(index).error(), {"\"extra\"", "no name of a file"});
  map["extra"] = "model-00001-of-00002.safetensors";
  folder.write("model.safetensors.index.json", json{{"weight_map", map}}.dump());
  expect_words(import_model(index).error(), {"\"extra\"", "is not in"});
}

TEST(Safetensors, NeedsTheConfiguration) {
  const Folder folder;
  const std::string path = folder.write("model.safetensors", made_llama_tensors(0, 2, true).bytes());
  expect_words(import_model(path).error(), {"config.json"});
  expect_words(import_model(folder.write("config.json", std::string(llama_config) + R"(, "x": )")).error(),
               {"config.json"});
}

TEST(Safetensors, AConfigurationAloneIsAModel) {
  const Folder folder;
  const std::string path = folder.write("tiny-llama/config.json", std::string(llama_config) + "}");
  for (const std::string& from : {path, (folder.path() / "tiny-llama").string()}) {
    const auto shape = import_model(from);
    ASSERT_TRUE(shape) << shape.error();
    EXPECT_EQ(shape->name, "tiny-llama");
    EXPECT_TRUE(shape->file_format.empty());
    EXPECT_EQ(shape->file_bytes, 0u);
  }
}

/// Layers whose matrices are packed by GPTQ: eight values of 4 bits in each int32, and a scale and a zero
/// point for each group of 128 inputs (64 here).
MadeSafetensors made_gptq() {
  MadeSafetensors made;
  made.add("model.embed_tokens.weight", "F16", {100, 64}, 2).add("lm_head.weight", "F16", {100, 64}, 2);
  made.add("model.norm.weight", "F16", {64}, 2);
  const std::vector<std::tuple<const char*, uint64_t, uint64_t>> matrices = {
      {"self_attn.q_proj", 64, 64}, {"self_attn.k_proj", 32, 64}, {"self_attn.v_proj", 32, 64},
      {"self_attn.o_proj", 64, 64}, {"mlp.gate_proj", 128, 64},   {"mlp.up_proj", 128, 64},
      {"mlp.down_proj", 64, 128}};
  for (int i = 0; i < 2; ++i) {
    const std::string layer = "model.layers." + std::to_string(i) + ".";
    made.add(layer + "input_layernorm.weight", "F16", {64}, 2);
    made.add(layer + "post_attention_layernorm.weight", "F16", {64}, 2);
    for (const auto& [name, rows, cols] : matrices) {
      made.add(layer + name + ".qweight", "I32", {cols / 8, rows}, 4);
      made.add(layer + name + ".qzeros", "I32", {cols / 64, rows / 8}, 4);
      made.add(layer + name + ".scales", "F16", {cols / 64, rows}, 2);
      made.add(layer + name + ".g_idx", "I32", {cols}, 4);
    }
  }
  return made;
}

TEST(Safetensors, QuantizedRepositoriesHaveTheirNameAndExactBytes) {
  const std::pair<const char*, const char*> kinds[] = {
      {R"(, "quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 64}})", "gptq int4 g64"},
      {R"(, "quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128}})", "awq int4 g128"},
      {R"(, "quantization": {"bits": 4, "group_size": 64}})", "mlx int4 g64"},
      {R"(, "quantization_config": {"quant_method": "compressed-tensors", "config_groups": {"group_0":
           {"weights": {"num_bits": 8, "type": "int", "group_size": null}}}}})",
       "compressed-tensors int8"},
      {R"(, "quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": true}})",
       "bitsandbytes nf4"}};
  for (const auto& [config, name] : kinds) {
    const Folder folder;
    folder.write("config.json", std::string(llama_config) + config);
    const MadeSafetensors made = made_gptq();
    folder.write("model.safetensors", made.bytes());
    const auto shape = import_model(folder.path().string());
    ASSERT_TRUE(shape) << shape.error();
    EXPECT_EQ(shape->file_format, name);
    const FileFormat& stored = file_format_of(FileFormatId::as_stored);
    EXPECT_EQ(memory_use(*shape, stored, 256).weights_bytes, made.data_bytes());
    EXPECT_EQ(download_bytes(*shape, stored), made.bytes().size());
    for (const Tensor& tensor : shape->tensors) {
      if (tensor.role != TensorRole::ffn_up) continue;
      EXPECT_EQ(tensor.format,
                std::string(name).find("int8") == std::string::npos ? FormatId::q4_0 : FormatId::q8_0);
    }
  }
}

TEST(SafetensorsNames, AreThoseOfGguf) {
  const auto gguf = [](const char* name) {
    const HuggingFaceName read = read_hugging_face_name(name);
    std::string joined;
    for (const std::string& one : read.gguf) joined += (joined.empty() ? "" : " ") + one;
    return joined;
  };
  EXPECT_EQ(gguf("model.layers.3.self_attn.q_proj.weight"), "blk.3.attn_q.weight");
  EXPECT_EQ(gguf("model.layers.3.self_attn.q_proj.bias"), "blk.3.attn_q.bias");
  EXPECT_EQ(gguf("model.layers.11.mlp.experts.7.down_proj.weight"), "blk.11.ffn_down_exps.weight");
  EXPECT_EQ(gguf("model.layers.0.block_sparse_moe.experts.7.w1.weight"), "blk.0.ffn_gate_exps.weight");
  EXPECT_EQ(gguf("model.layers.0.mlp.experts.gate_up_proj_blocks"),
            "blk.0.ffn_gate_exps.weight blk.0.ffn_up_exps.weight blk.0.ffn_gate_up_exps.weight");
  EXPECT_EQ(gguf("bert.encoder.layer.1.attention.self.query.weight"), "blk.1.attn_q.weight");
  EXPECT_EQ(gguf("transformer.h.2.attn.c_attn.weight"), "blk.2.attn_qkv.weight");
  EXPECT_EQ(gguf("model.embed_tokens.weight"), "token_embd.weight");
  EXPECT_EQ(gguf("lm_head.weight"), "output.weight");
  EXPECT_EQ(gguf("model.vision_tower.layers.0.self_attn.q_proj.weight"), "");
  EXPECT_TRUE(read_hugging_face_name("model.layers.3.self_attn.q_proj.weight_scale_inv").beside);
  EXPECT_FALSE(read_hugging_face_name("model.layers.3.self_attn.q_proj.qweight").beside);
}

}  // namespace
}  // namespace weighin
