// The header of a GGUF file as bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weighin {

/// Collects metadata and tensor infos as GGUF's little-endian values (specification: ggml/docs/gguf.md,
/// version 3).
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
  /// `dimensions` has the contiguous dimension first. Offsets count from the beginning of the data.
  void add_tensor(std::string_view name, const std::vector<uint64_t>& dimensions, uint32_t gguf_type,
                  uint64_t offset);
  /// The whole header, padded so that the data can follow directly.
  std::string finish() const;

 private:
  void key(std::string_view name, uint32_t type);
  std::string metadata_, tensors_;
  uint64_t metadata_count_ = 0, tensor_count_ = 0;
};

}  // namespace weighin
