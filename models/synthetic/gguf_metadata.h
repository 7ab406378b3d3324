// The header of a GGUF file: metadata and tensor infos, as bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

/// Writes GGUF's little-endian values (specification: ggml/docs/gguf.md, version 3).
class GgufHeader {
 public:
  void add(std::string_view key, uint32_t value);
  void add(std::string_view key, float value);
  void add(std::string_view key, bool value);
  void add(std::string_view key, std::string_view value);
  void add(std::string_view key, const std::vector<uint32_t>& values);
  void add(std::string_view key, const std::vector<bool>& values);
  void add(std::string_view key, const std::vector<int32_t>& values);
  void add(std::string_view key, const std::vector<float>& values);
  void add(std::string_view key, const std::vector<std::string>& values);
  /// `dimensions` fastest first. Offsets count from the start of the data.
  void add_tensor(std::string_view name, const std::vector<uint64_t>& dimensions, uint32_t gguf_type,
                  uint64_t offset);
  /// The whole header, padded so that the data can follow.
  std::string finish() const;

 private:
  void key(std::string_view name, uint32_t type);
  std::string metadata_, tensors_;
  uint64_t metadata_count_ = 0, tensor_count_ = 0;
};

/// Where the data of a GGUF file and of each tensor begins: multiples of this.
inline constexpr uint64_t gguf_alignment = 32;

/// What llama.cpp needs to know of `shape`: its hyperparameters.
void add_architecture(GgufHeader& header, const ModelShape& shape);

/// A made vocabulary of `shape.vocab` tokens: SentencePiece's model with byte tokens, so that any text has
/// tokens, and made words.
void add_vocabulary(GgufHeader& header, const ModelShape& shape);

}  // namespace weighin
