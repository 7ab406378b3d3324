// GGUF headers: what is read of them, and how each kind of wrong header is refused.
#include "models/gguf/gguf.h"

#include <gtest/gtest.h>
#include "models/format/file_format.h"
#include "models/gguf/shape_of_gguf.h"
#include "models/import/import.h"
#include "models/memory/memory.h"
#include "models/names/catalogue.h"
#include "models/source/byte_source.h"
#include "tests/expect_words.h"
#include "tests/folder.h"
#include "tests/models/gguf/made_gguf.h"

namespace weighin {
namespace {

tl::expected<Gguf, std::string> read(const std::string& bytes) {
  ByteSource source = source_of_bytes("made.gguf", bytes);
  return read_gguf(source);
}

std::string refusal(const std::string& bytes) {
  const auto file = read(bytes);
  return file ? "accepted" : file.error();
}

tl::expected<ModelShape, std::string> shape_of(const MadeGguf& made) {
  ByteSource source = header_alone(made);
  const auto file = read_gguf(source);
  if (!file) return tl::unexpected(file.error());
  return shape_of_gguf(*file, "made.gguf");
}

TEST(Gguf, ReadsKeysAndTensorsOfBothVersions) {
  for (const uint32_t version : {2u, 3u}) {
    MadeGguf made(version);
    made.text("general.architecture", "llama").u16("a", 7).i32("b", -1).i32_array("c", {1, 2, 3});
    made.tokens("tokenizer.ggml.tokens", 5).boolean("d", true).f32("e", 0.5f);
    made.tensor("x.weight", {64, 3}, FormatId::q4_0).tensor("y.bias", {5}, FormatId::f32);
    const auto file = read(made.bytes());
    ASSERT_TRUE(file) << file.error();
    EXPECT_EQ(file->version, version);
    EXPECT_EQ(file->find("general.architecture")->text, "llama");
    EXPECT_EQ(file->find("a")->number, 7u);
    EXPECT_TRUE(file->find("b")->negative);
    EXPECT_EQ(file->find("c")->numbers, (std::vector<uint64_t>{1, 2, 3}));
    EXPECT_EQ(file->find("d")->number, 1u);
    EXPECT_EQ(file->find("e")->real, 0.5);
    EXPECT_EQ(file->find("tokenizer.ggml.tokens")->count, 5u);
    EXPECT_EQ(file->tokenizer_bytes, 4u + 8u + 5u * (8u + 6u));
    ASSERT_EQ(file->tensors.size(), 2u);
    EXPECT_EQ(file->tensors[0].name, "x.weight");
    EXPECT_EQ(file->tensors[0].format, FormatId::q4_0);
    EXPECT_EQ(file->tensors[0].bytes, 3u * 2 * 18);
    EXPECT_EQ(file->tensors[0].offset, made.data_offset());
    EXPECT_EQ(file->tensors[1].dimensions[0], 5u);
    EXPECT_EQ(file->file_bytes, made.bytes().size());
  }
}

TEST(Gguf, EveryShorterFileIsRefusedAsIncomplete) {
  MadeGguf made;
  made.text("general.architecture", "llama").tokens("tokenizer.ggml.tokens", 3).i32_array("c", {1, 2});
  made.tensor("x.weight", {64, 3}, FormatId::q4_0).tensor("y.weight", {64}, FormatId::f32);
  const std::string whole = made.bytes();
  ASSERT_TRUE(read(whole));
  for (size_t size = 0; size < whole.size(); ++size)
    expect_words(refusal(whole.substr(0, size)), {"incomplete", "byte"});
}

TEST(Gguf, NamesWhatIsWrong) {
  const std::string good = MadeGguf().text("k", "v").tensor("x", {32}, FormatId::f32).bytes();
  ASSERT_EQ(refusal(good), "accepted");
  const auto with = [&](size_t at, const std::string& bytes) {
    std::string changed = good;
    changed.replace(at, bytes.size(), bytes);
    return refusal(changed);
  };
  using std::string_literals::operator""s;
  expect_words(with(0, "GGML"), {"byte 0", "GGUF"});
  expect_words(with(4, "\0\0\0\3"s), {"byte 4", "big-endian"});
  expect_words(with(4, "\1\0\0\0"s), {"byte 4", "version 1"});
  expect_words(with(8, "\xff\xff\xff\xff\xff\xff\xff\xff"), {"byte 8", "18446744073709551615 tensors"});
  expect_words(with(16, "\xff\xff\xff\xff\xff\xff\xff\xff"), {"byte 16", "keys"});
  expect_words(with(24, "\xff\xff\xff\xff\xff\xff\xff\xff"), {"byte 24", "a key"});
  expect_words(with(33, "\x63\0\0\0"s), {"\"k\"", "type 99"});
  expect_words(with(37, "\xff\xff\0\0\0\0\0\0"s), {"\"k\"", "65535"});

  expect_words(refusal(MadeGguf().text("k", "v").text("k", "w").bytes()), {"\"k\"", "second time"});
  expect_words(refusal(MadeGguf().u32("general.alignment", 0).bytes()), {"general.alignment"});
  expect_words(refusal(MadeGguf().u32("general.alignment", 48).bytes()), {"general.alignment"});
  expect_words(refusal(MadeGguf().tensor("x", {33}, FormatId::f32).tensor("x", {1}, FormatId::f32).bytes()),
               {"two tensors", "\"x\""});
  expect_words(refusal(MadeGguf().tensor("x", {48, 2}, FormatId::q4_0).bytes()), {"\"x\"", "blocks of 32"});
  expect_words(refusal(MadeGguf().raw_tensor("x", {32}, 4, 0).bytes()), {"\"x\"", "unknown type 4"});
  expect_words(refusal(MadeGguf().raw_tensor("x", {32, 0}, 0, 0).bytes()), {"\"x\"", "dimension of 0"});
  expect_words(refusal(MadeGguf().raw_tensor("x", {1, 1, 1, 1, 1}, 0, 0).bytes()), {"\"x\"", "5 dimensions"});
  expect_words(refusal(MadeGguf().raw_tensor("x", {1ull << 33, 1ull << 33}, 0, 0).bytes()),
               {"\"x\"", "too large"});
  expect_words(refusal(MadeGguf().raw_tensor("x", {32}, 0, 8).data_bytes(200).bytes()),
               {"\"x\"", "multiple of 32"});
  expect_words(refusal(MadeGguf().raw_tensor("x", {32}, 0, UINT64_MAX - 31).bytes()), {"\"x\"", "too large"});
  // Control characters, which a terminal would obey, are not shown.
  expect_words(refusal(MadeGguf().raw_tensor("\x1b[2J\xff", {32}, 0, UINT64_MAX - 31).bytes()),
               {"\"?[2J?\""});
  expect_words(refusal(MadeGguf().raw_tensor("\x1b[2J\xff", {0}, 0, 0).bytes()), {"\"?[2J?\""});
  expect_words(
      refusal(MadeGguf().raw_tensor("x", {64}, 0, 0).raw_tensor("y", {32}, 0, 32).data_bytes(999).bytes()),
      {"\"x\" and \"y\" overlap"});
  expect_words(refusal(MadeGguf().raw_tensor("x", {64}, 0, 320).data_bytes(128).bytes()),
               {"\"x\"", "incomplete"});
}

TEST(Gguf, AModelIsReadFromItsHeaderAlone) {
  const MadeGguf made = made_llama(16);
  ByteSource source = header_alone(made);
  const auto file = read_gguf(source);
  ASSERT_TRUE(file) << file.error();
  EXPECT_LT(source.fetched_bytes(), 2 * made.header().size() + (64 << 10));
  const auto shape = shape_of_gguf(*file, "made.gguf");
  ASSERT_TRUE(shape) << shape.error();
  EXPECT_EQ(shape->title, "Made Llama 1B");
  EXPECT_EQ(shape->file_bytes, made.size());
  EXPECT_EQ(shape->vocab, 1000u);
  EXPECT_EQ(shape->max_context, 131072u);
  EXPECT_TRUE(shape->tied);
  EXPECT_EQ(shape->task, Task::chat);
  EXPECT_GT(shape->tokenizer_bytes, 14000u);
}

// A model has the same parameters, KV cache and arithmetic from its file and from the catalogue.
TEST(Gguf, AgreesWithTheCatalogue) {
  const auto read_shape = shape_of(made_llama(16));
  ASSERT_TRUE(read_shape) << read_shape.error();
  const ModelShape* known = find_model("llama-3.2-1b");
  ASSERT_NE(known, nullptr);
  const uint64_t vocabulary = uint64_t{known->vocab - 1000} * 2048;
  EXPECT_EQ(parameters(*read_shape), parameters(*known) - vocabulary);
  EXPECT_EQ(active_parameters(*read_shape), active_parameters(*known) - vocabulary);
  EXPECT_EQ(read_shape->norms, known->norms);
  EXPECT_EQ(read_shape->activations, known->activations);
  ASSERT_EQ(read_shape->attention.size(), 1u);
  EXPECT_EQ(read_shape->attention[0].cached_values, known->attention[0].cached_values);
  EXPECT_EQ(read_shape->attention[0].layers, known->attention[0].layers);
  const FileFormat &stored = file_format_of(FileFormatId::as_stored),
                   &q4 = file_format_of(FileFormatId::q4_0);
  EXPECT_EQ(memory_use(*read_shape, stored, 4096).kv_bytes, memory_use(*known, q4, 4096).kv_bytes);
  for (const Tensor& tensor : known->tensors) {
    const auto same = std::find_if(read_shape->tensors.begin(), read_shape->tensors.end(),
                                   [&](const Tensor& t) { return t.name == tensor.name; });
    ASSERT_NE(same, read_shape->tensors.end()) << tensor.name;
    EXPECT_EQ(same->role, tensor.role) << tensor.name;
    EXPECT_EQ(same->used, tensor.used) << tensor.name;
    EXPECT_EQ(same->stored, tensor.stored) << tensor.name;
    EXPECT_EQ(same->cols, tensor.cols) << tensor.name;
  }
}

TEST(Gguf, TheFormatIsTheStatedOneOrThatOfMostWeights) {
  EXPECT_EQ(shape_of(made_llama(2))->file_format, "Q4_K_M");
  EXPECT_EQ(shape_of(made_llama(2, FormatId::iq4_xs))->file_format, "iq4_xs");
}

MadeGguf made_keys(const std::string& architecture, uint32_t layers) {
  MadeGguf made;
  made.text("general.architecture", architecture).u32(architecture + ".block_count", layers);
  made.u32(architecture + ".context_length", 8192).u32(architecture + ".embedding_length", 256);
  made.u32(architecture + ".feed_forward_length", 512).u32(architecture + ".attention.head_count", 8);
  made.tensor("token_embd.weight", {256, 100}, FormatId::q8_0);
  return made;
}

TEST(Gguf, ExpertsAreUsedInPart) {
  MadeGguf made = made_keys("qwen3moe", 1);
  made.u32("qwen3moe.expert_count", 16).u32("qwen3moe.expert_used_count", 4);
  made.f32("qwen3moe.attention.layer_norm_rms_epsilon", 1e-6f);
  made.tensor("blk.0.attn_q.weight", {256, 256}, FormatId::q8_0);
  made.tensor("blk.0.ffn_gate_inp.weight", {256, 16}, FormatId::f32);
  for (const char* part : {"gate", "up"})
    made.tensor(fmt::format("blk.0.ffn_{}_exps.weight", part), {256, 96, 16}, FormatId::q8_0);
  made.tensor("blk.0.ffn_down_exps.weight", {96, 256, 16}, FormatId::q8_0);
  const auto shape = shape_of(made);
  ASSERT_TRUE(shape) << shape.error();
  const Tensor& down = shape->tensors[5];
  EXPECT_EQ(down.role, TensorRole::expert_down);
  EXPECT_EQ(down.stored, 16u);
  EXPECT_EQ(down.used, 4u);
  EXPECT_EQ(down.rows, 256u);
  EXPECT_EQ(shape->per_layer[0].feed_forward, FeedForward::experts);
  EXPECT_EQ(shape->ffn_width, 96u);
  EXPECT_EQ(parameters(*shape) - active_parameters(*shape), 12u * 3 * 96 * 256);
}

TEST(Gguf, ExpertsOneByOneAreJoined) {
  MadeGguf made = made_keys("llama", 1);
  made.u32("llama.expert_count", 4).u32("llama.expert_used_count", 2);
  for (int i = 0; i < 4; ++i)
    for (const char* part : {"gate", "up"})
      made.tensor(fmt::format("blk.0.ffn_{}.{}.weight", part, i), {256, 512}, FormatId::q8_0);
  for (int i = 0; i < 4; ++i)
    made.tensor(fmt::format("blk.0.ffn_down.{}.weight", i), {512, 256}, FormatId::q8_0);
  const auto shape = shape_of(made);
  ASSERT_TRUE(shape) << shape.error();
  ASSERT_EQ(shape->tensors.size(), 1u + 3 + 1);
  EXPECT_EQ(shape->tensors[1].name, "blk.0.ffn_gate_exps.weight");
  EXPECT_EQ(shape->tensors[1].stored, 4u);
  EXPECT_EQ(shape->tensors[1].used, 2u);
}

TEST(Gguf, LatentAttentionKeepsTheLatent) {
  MadeGguf made = made_keys("deepseek2", 1);
  made.u32("deepseek2.attention.kv_lora_rank", 64).u32("deepseek2.attention.q_lora_rank", 96);
  made.u32("deepseek2.attention.key_length", 80).u32("deepseek2.attention.value_length", 64);
  made.u32("deepseek2.attention.key_length_mla", 48).u32("deepseek2.attention.value_length_mla", 32);
  made.u32("deepseek2.attention.head_count_kv", 1).u32("deepseek2.rope.dimension_count", 16);
  made.tensor("blk.0.attn_kv_a_mqa.weight", {256, 80}, FormatId::q8_0);
  made.tensor("blk.0.attn_k_b.weight", {32, 64, 8}, FormatId::q8_0);
  const auto shape = shape_of(made);
  ASSERT_TRUE(shape) << shape.error();
  EXPECT_EQ(shape->head_dim, 32u);
  EXPECT_EQ(shape->value_dim, 32u);
  ASSERT_EQ(shape->attention.size(), 1u);
  EXPECT_EQ(shape->attention[0].cached_values, 80u);
  EXPECT_EQ(shape->tensors[2].used, 8u);
}

TEST(Gguf, WindowsFollowThePattern) {
  const auto windows = [](const MadeGguf& made) {
    const auto shape = shape_of(made);
    std::vector<uint32_t> found;
    if (shape)
      for (const Layer& layer : shape->per_layer) found.push_back(layer.window);
    return found;
  };
  const auto with_layers = [](MadeGguf made, int count) {
    for (int i = 0; i < count; ++i)
      made.tensor(fmt::format("blk.{}.attn_q.weight", i), {256, 256}, FormatId::q8_0);
    return made;
  };
  EXPECT_EQ(windows(with_layers(made_keys("gemma2", 4).u32("gemma2.attention.sliding_window", 128), 4)),
            (std::vector<uint32_t>{128, 0, 128, 0}));
  EXPECT_EQ(
      windows(with_layers(made_keys("gemma4", 3)
                              .u32("gemma4.attention.sliding_window", 128)
                              .boolean_array("gemma4.attention.sliding_window_pattern", {true, true, false}),
                          3)),
      (std::vector<uint32_t>{128, 128, 0}));
  EXPECT_EQ(windows(with_layers(made_keys("qwen2", 2).u32("qwen2.attention.sliding_window", 128), 2)),
            (std::vector<uint32_t>{0, 0}));
}

TEST(Gguf, RecurrentLayersAreKnownByTheirTensors) {
  MadeGguf made = made_keys("jamba", 2);
  made.i32_array("jamba.attention.head_count_kv", {0, 4}).u32("jamba.ssm.inner_size", 512);
  made.u32("jamba.ssm.state_size", 16).u32("jamba.ssm.conv_kernel", 4).u32("jamba.ssm.time_step_rank", 16);
  made.tensor("blk.0.ssm_in.weight", {256, 1024}, FormatId::q8_0)
      .tensor("blk.0.ssm_a", {16, 512}, FormatId::f32);
  made.tensor("blk.0.ssm_x.weight", {512, 48}, FormatId::f32)
      .tensor("blk.1.attn_q.weight", {256, 256}, FormatId::q8_0);
  const auto shape = shape_of(made);
  ASSERT_TRUE(shape) << shape.error();
  EXPECT_EQ(shape->per_layer[0].mixer, Mixer::mamba);
  EXPECT_EQ(shape->per_layer[1].mixer, Mixer::attention);
  EXPECT_EQ(shape->per_layer[1].kv_heads, 4u);
  EXPECT_EQ(shape->state_space.inner, 512u);
  ASSERT_EQ(shape->attention.size(), 1u);
  EXPECT_EQ(shape->attention[0].layers, 1u);
}

TEST(Gguf, EncodersAreKnownByTheirAttention) {
  MadeGguf made = made_keys("bert", 1).boolean("bert.attention.causal", false);
  made.f32("bert.attention.layer_norm_epsilon", 1e-12f);
  made.tensor("position_embd.weight", {256, 512}, FormatId::f32)
      .tensor("token_types.weight", {256, 2}, FormatId::f32);
  made.tensor("blk.0.attn_q.weight", {256, 256}, FormatId::f16)
      .tensor("blk.0.attn_output_norm.weight", {256}, FormatId::f32);
  const auto shape = shape_of(made);
  ASSERT_TRUE(shape) << shape.error();
  EXPECT_EQ(shape->task, Task::encode);
  EXPECT_FALSE(shape->head);
  EXPECT_EQ(shape->norm, NormKind::layer);
  EXPECT_EQ(shape->norm_place, NormPlace::after);
  EXPECT_EQ(shape->positions, 512u);
  EXPECT_EQ(shape->attention[0].cached_values, 0u);
}

TEST(Gguf, NamesTheKeyThatMakesNoSense) {
  const auto refused = [](const MadeGguf& made) {
    const auto shape = shape_of(made);
    return shape ? "accepted" : shape.error();
  };
  expect_words(refused(MadeGguf().u32("a", 1)), {"general.architecture"});
  expect_words(refused(made_keys("llama", 4000000000u)), {"llama.block_count", "1024"});
  expect_words(refused(made_keys("llama", 900)), {"llama.block_count", "900", "1 tensors"});
  expect_words(refused(made_keys("llama", 1).i32("llama.attention.key_length", -5)),
               {"llama.attention.key_length"});
  expect_words(refused(made_keys("llama", 1).u32("llama.expert_used_count", 3)), {"llama.expert_used_count"});
  expect_words(
      refused(made_keys("llama", 1).tensor("blk.0.ffn_down_exps.weight", {256, 4, 4}, FormatId::q8_0)),
      {"llama.expert_used_count", "tensors of experts"});
  expect_words(refused(made_keys("llama", 1).u32("llama.expert_used_count", 9999)),
               {"llama.expert_used_count"});
  expect_words(refused(made_keys("llama", 1).i32_array("llama.attention.head_count_kv", {})),
               {"llama.attention.head_count_kv", "0 numbers"});
  expect_words(refused(made_keys("clip", 1)), {"vision tower"});
}

MadeGguf part(uint16_t number, uint16_t count) {
  MadeGguf made = number == 0 ? made_keys("llama", 1) : MadeGguf();
  made.u16("split.no", number).u16("split.count", count).i32("split.tensors.count", count);
  if (number > 0) made.tensor(fmt::format("blk.0.part{}.weight", number), {256, 256}, FormatId::q8_0);
  return made;
}

TEST(GgufFiles, PartsAreReadAsOneFromAnyOfThem) {
  const Folder folder;
  std::string path;
  uint64_t bytes = 0;
  for (uint16_t i = 0; i < 3; ++i) {
    path = folder.write(fmt::format("m-0000{}-of-00003.gguf", i + 1), part(i, 3).bytes());
    bytes += part(i, 3).bytes().size();
  }
  for (const std::string& from : {path, folder.path().string()}) {
    const auto shape = import_model(from);
    ASSERT_TRUE(shape) << shape.error();
    EXPECT_EQ(shape->file_bytes, bytes);
    EXPECT_EQ(shape->tensors.size(), 3u + 1);
  }
  std::filesystem::remove(folder.path() / "m-00002-of-00003.gguf");
  expect_words(import_model(path).error(), {"part 2 of 3", "m-00002-of-00003.gguf"});
  expect_words(import_model(folder.write("m-00002-of-00003.gguf", part(2, 3).bytes())).error(), {"split.no"});
  expect_words(import_model(folder.write("other.gguf", part(0, 3).bytes())).error(),
               {"NAME-00001-of-00003.gguf"});
}

TEST(GgufFiles, AFolderOfSeveralModelsListsThem) {
  const Folder folder;
  folder.write("a.gguf", made_llama(1).header());
  folder.write("b.gguf", made_llama(1).header());
  expect_words(import_model(folder.path().string()).error(), {"a.gguf, b.gguf"});
  expect_words(import_model((folder.path() / "none.gguf").string()).error(), {"cannot open", "none.gguf"});
  expect_words(import_model(folder.write("c.gguf", "GGXX")).error(), {"c.gguf", "no GGUF file"});
}

}  // namespace
}  // namespace weighin
