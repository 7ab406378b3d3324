// GGUF files, versions 2 and 3: the header alone. Layout: the GGUF specification,
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
#include "models/source/source.h"

namespace weighin {

/// The specification's numbers.
enum class GgufType : uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, text, array, u64, i64, f64 };

/// One value of the metadata. Texts longer than 64 KiB and the elements of long arrays and arrays of texts
/// are passed over: how many they are and the bytes they take is what is kept.
struct GgufValue {
  GgufType type = GgufType::u8;  // of an array: of its elements
  bool array = false;
  bool negative = false;
  uint64_t number = 0;  // integers and booleans; a negative one's two's complement
  double real = 0;
  std::string text;
  uint64_t count = 0;             // elements of an array
  uint64_t bytes = 0;             // of the value in the file, with its lengths
  std::vector<uint64_t> numbers;  // of an array of at most 4096 integers or booleans
};

struct GgufTensor {
  std::string name;
  FormatId format = FormatId::none;
  /// Values along each dimension, the contiguous one first; 1 where there is no such dimension.
  std::array<uint64_t, 4> dimensions{1, 1, 1, 1};
  uint64_t offset = 0;  // in its file
  uint64_t bytes = 0;
};

/// The header of a file, or of all parts of a split one.
struct Gguf {
  uint32_t version = 0;
  std::map<std::string, GgufValue, std::less<>> metadata;
  std::vector<GgufTensor> tensors;  // in the file's order
  uint64_t data_offset = 0;         // of the first part: where its header ends
  uint64_t tokenizer_bytes = 0;     // of the values whose keys begin with "tokenizer."
  uint64_t file_bytes = 0;          // of all parts

  const GgufValue* find(std::string_view key) const;
};

/// The header of one file. Every count, length and offset is held against the file's real size before it is
/// used. Error: the byte offset or the key at fault; for an incomplete download, that it is one.
tl::expected<Gguf, std::string> read_gguf(ByteSource& source);

/// The file there and, where it is one of several ("NAME-00001-of-00003.gguf"), all of them. Error: as
/// read_gguf's, or the part that is missing.
tl::expected<Gguf, std::string> read_gguf_parts(const std::string& path_or_url);

}  // namespace weighin
