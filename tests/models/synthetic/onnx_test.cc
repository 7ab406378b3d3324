// Synthetic ONNX files: their sizes, what is refused, and what remains after an error.
// tests/engine/onnx.test.mjs runs them in an engine.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "models/bytes/file_bytes.h"
#include "models/names/catalogue.h"
#include "models/synthetic/onnx_model.h"
#include "models/synthetic/write_onnx.h"
#include "tests/expect_words.h"
#include "tests/folder.h"

namespace weighin {
namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A graph "g" with one node and one weight of two f16 values, with field numbers and wire types written by
// hand from onnx.proto.
TEST(OnnxModel, IsProtobufByHand) {
  OnnxGraph graph("g");
  graph.node("Relu", {"w"}, {"y"});
  graph.weight({"w", OnnxType::float16, {2}, WeightKind::spread, 1});
  const OnnxPieces pieces = graph.finish();
  const std::string node("\x0a\x0f\x0a\x01w\x12\x01y\x1a\x01y\x22\x04Relu", 17);
  const std::string name("\x12\x01g", 3);
  const std::string weight("\x2a\x0d\x08\x02\x10\x0a\x42\x01w\x4a\x04", 11);
  const std::string model("\x08\x08\x12\x07weighin\x42\x04\x0a\x00\x10\x11\x3a\x23", 19);
  EXPECT_EQ(pieces.head, model + node + name);
  ASSERT_EQ(pieces.weight_heads.size(), 1u);
  EXPECT_EQ(pieces.weight_heads[0], weight);
  EXPECT_EQ(pieces.bytes, pieces.head.size() + weight.size() + 4);
}

// The weights are exact to the byte. Beside them is less than an exporter writes, whose graphs have more
// operations and longer names: half a percent of a file with many weights.
TEST(WriteOnnx, SizesAreThePredictedOnes) {
  int compared = 0;
  for (const ModelShape& shape : all_models())
    for (const char* name : {"onnx-fp32", "onnx-fp16", "onnx-int8"}) {
      const FileFormat& format = *find_file_format(name);
      const auto bytes = onnx_bytes(shape, format);
      if (!bytes) continue;
      const FileBytes predicted = file_bytes(shape, format);
      EXPECT_GT(*bytes, predicted.weights) << shape.name << " " << name;
      EXPECT_LT(*bytes, predicted.total()) << shape.name << " " << name;
      if (predicted.weights > 50'000'000 && !shape.shared_layers) {
        EXPECT_GT(static_cast<double>(*bytes), 0.995 * static_cast<double>(predicted.total()))
            << shape.name << " " << name;
      }
      ++compared;
    }
  EXPECT_GT(compared, 60);
}

TEST(WriteOnnx, WritesWhatItSaidAndTheSameAgain) {
  const Folder folder;
  const ModelShape& shape = *find_model("bert-tiny");
  const FileFormat& format = *find_file_format("onnx-int8");
  const std::string first = (folder.path() / "1.onnx").string(), second = (folder.path() / "2.onnx").string();
  const std::string other = (folder.path() / "3.onnx").string();
  ASSERT_TRUE(write_onnx(shape, format, first, 1));
  ASSERT_TRUE(write_onnx(shape, format, second, 1));
  ASSERT_TRUE(write_onnx(shape, format, other, 2));
  EXPECT_EQ(std::filesystem::file_size(first), *onnx_bytes(shape, format));
  EXPECT_EQ(contents(first), contents(second));
  EXPECT_NE(contents(first), contents(other));
}

TEST(WriteOnnx, RefusesWithTheReason) {
  const Folder folder;
  const std::string path = (folder.path() / "model.onnx").string();
  const auto reason = [&](const char* model, const char* format) {
    const auto written = write_onnx(*find_model(model), *find_file_format(format), path);
    return written ? std::string("written") : written.error();
  };
  expect_words(reason("xlm-roberta-large", "onnx-fp32"), {"2.2", "protobuf", "onnx-int8"});
  expect_words(reason("llama-3.2-1b", "onnx-fp32"), {"llama-3.2-1b", "no encoder of BERT's kind"});
  expect_words(reason("modernbert-base", "onnx-fp32"), {"no encoder of BERT's kind"});
  expect_words(reason("mobilebert", "onnx-fp32"), {"no encoder of BERT's kind"});
  expect_words(reason("deberta-v3-base", "onnx-fp32"), {"no encoder of BERT's kind"});
  expect_words(reason("bert-tiny", "onnx-q4"), {"onnx-fp32, onnx-fp16 or onnx-int8"});
  expect_words(reason("bert-tiny", "q8_0"), {"onnx-fp32, onnx-fp16 or onnx-int8"});
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  const auto nowhere = write_onnx(*find_model("bert-tiny"), *find_file_format("onnx-int8"),
                                  (folder.path() / "missing" / "model.onnx").string());
  ASSERT_FALSE(nowhere);
  expect_words(nowhere.error(), {"missing", "No such file"});
}

}  // namespace
}  // namespace weighin
