// The header of GGUF files, versions 2 and 3. Layout: the GGUF specification,
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "models/format/format.h"
#include "models/source/byte_source.h"

namespace weighin {

/// The types of metadata values, with the specification's numbers.
enum class GgufType : uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, text, array, u64, i64, f64 };

/// One value of the metadata. Of texts longer than 64 KiB, long arrays and arrays of texts only the number of
/// elements and their bytes are kept.
struct GgufValue {
  GgufType type = GgufType::u8;  // in an array, that of its elements
  bool array = false;
  bool negative = false;
  uint64_t number = 0;  // of integers and booleans; the two's complement of a negative one
  double real = 0;
  std::string text;
  uint64_t count = 0;             // elements of an array
  uint64_t bytes = 0;             // bytes of the value in the file, with its lengths
  std::vector<uint64_t> numbers;  // elements of an array of at most 4096 integers or booleans
};

struct GgufTensor {
  std::string name;
  FormatId format = FormatId::none;
  /// Values along each dimension, the contiguous dimension first; 1 where there is no such dimension.
  std::array<uint64_t, 4> dimensions{1, 1, 1, 1};
  uint64_t offset = 0;  // from the beginning of its file
  uint64_t bytes = 0;
};

/// The header of a file, or of all parts of a split file together.
struct Gguf {
  uint32_t version = 0;
  std::map<std::string, GgufValue, std::less<>> metadata;
  std::vector<GgufTensor> tensors;  // in the order of the file
  uint64_t data_offset = 0;         // where the data begins in the first part
  uint64_t tokenizer_bytes = 0;     // bytes of the values whose keys begin with "tokenizer."
  uint64_t file_bytes = 0;          // bytes of all parts

  const GgufValue* find(std::string_view key) const;
};

/// Reads the header of one file. Every count, length and offset is checked against the real size of the file
/// before it is used. Error: the byte offset or the key at fault. An incomplete download is called one.
tl::expected<Gguf, std::string> read_gguf(ByteSource& source);

}  // namespace weighin
