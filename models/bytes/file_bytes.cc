#include "models/bytes/file_bytes.h"

#include <string_view>

#include "models/bytes/packed_formats.h"
#include "models/bytes/tensor_formats.h"

namespace weighin {
namespace {

/// The magic number, the version, and the counts of tensors and of metadata entries.
constexpr uint64_t gguf_fixed_bytes = 4 + 4 + 8 + 8;
/// Length of the name, count of dimensions, type and offset. The name and 8 bytes for each dimension are
/// added.
constexpr uint64_t gguf_tensor_bytes = 8 + 4 + 4 + 8;
/// An estimate of the other metadata: 25 to 40 entries of about 45 bytes, and a chat template of 0.5 to 6 KB.
constexpr uint64_t gguf_metadata_bytes = 4096;

// Bytes of a GGUF header for each entry of the vocabulary: the text with 8 bytes of length, 4 bytes of kind,
// and what the kind of tokenizer adds. Each number is what published files hold beside their tensors, divided
// by the entries (tests/models/bytes/file_bytes_test.cc).
constexpr double sentencepiece_entry = 22.9;  // a score of 4 bytes: Llama 2 22.6, Mistral 22.4, Gemma 2 23.5
constexpr double wordpiece_entry = 20.7;      // no score: MiniLM
constexpr double merges_entry = 39.0;         // one merge per entry, 8 bytes and its text: Qwen 2.5 and 3
constexpr double all_merges_entry =
    61.0;  // converted from tiktoken, every split of a token is a merge: Llama 3

uint64_t aligned(uint64_t bytes) {
  return (bytes + gguf_alignment - 1) / gguf_alignment * gguf_alignment;
}

double tokenizer_entry(const ModelShape& shape) {
  const std::string_view name = shape.architecture.empty() ? shape.family : shape.architecture;
  if (name.starts_with("gemma") || name.starts_with("t5")) return sentencepiece_entry;
  if (shape.task == Task::encode && shape.vocab < 40'000) return wordpiece_entry;
  if (shape.vocab < 40'000) return sentencepiece_entry;
  // The vocabularies of Llama 3 and 4, and OpenAI's o200k (gpt-oss).
  const bool tiktoken = shape.vocab == 128'256 || shape.vocab == 201'088 || shape.vocab == 202'048;
  return tiktoken ? all_merges_entry : merges_entry;
}

uint64_t dimensions(const Tensor& tensor) {
  if (tensor.stored > 1) return 3;
  return tensor.rows > 1 ? 2 : 1;
}

FileBytes gguf_file_bytes(const ModelShape& shape, const FileFormat& format) {
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  FileBytes bytes;
  bytes.header = gguf_fixed_bytes + gguf_metadata_bytes + gguf_tokenizer_bytes(shape);
  for (size_t i = 0; i < formats.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    if (tensor.stored == 0) continue;
    bytes.weights += aligned(stored_bytes(tensor, formats[i]));
    bytes.header += gguf_tensor_bytes + tensor.name.size() + 8 * dimensions(tensor);
  }
  bytes.header = aligned(bytes.header);
  if (format.id == FileFormatId::as_stored && shape.file_bytes > bytes.weights)
    bytes.header = shape.file_bytes - bytes.weights;
  return bytes;
}

}  // namespace

FileBytes file_bytes(const ModelShape& shape, const FileFormat& format) {
  return format.container == Container::gguf ? gguf_file_bytes(shape, format)
                                             : packed_file_bytes(shape, format);
}

uint64_t download_bytes(const ModelShape& shape, const FileFormat& format) {
  if (format.id == FileFormatId::as_stored && shape.file_bytes) return shape.file_bytes;
  return file_bytes(shape, format).total();
}

uint64_t gguf_tokenizer_bytes(const ModelShape& shape) {
  if (shape.tokenizer_bytes) return shape.tokenizer_bytes;
  return static_cast<uint64_t>(static_cast<double>(shape.vocab) * tokenizer_entry(shape));
}

}  // namespace weighin
