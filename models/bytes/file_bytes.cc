#include "models/bytes/file_bytes.h"

#include <string_view>

#include "models/bytes/packed_formats.h"

namespace weighin {
namespace {

/// general.alignment's default (GGUF specification v3).
constexpr uint64_t gguf_alignment = 32;
/// Magic, version, and the counts of tensors and of metadata entries.
constexpr uint64_t gguf_fixed_bytes = 4 + 4 + 8 + 8;
/// Name's length, count of dimensions, type, offset; the name and 8 bytes a dimension come to it.
constexpr uint64_t gguf_tensor_bytes = 8 + 4 + 4 + 8;
/// Some 25 to 40 entries of about 45 bytes and a chat template of 0.5 to 6 KB: an estimate.
constexpr uint64_t gguf_metadata_bytes = 4096;

// Bytes a vocabulary entry of the tokenizer's parts in a GGUF header: 8 of length and the text, 4 of kind,
// and what the tokenizer needs. Measured as what published files hold beside tensors: see
// tests/models/file_bytes_test.cc.
constexpr double sentencepiece_entry = 22.9;  // with a score of 4: Llama 2 22.6, Mistral 22.4, Gemma 2 23.5
constexpr double wordpiece_entry = 20.7;      // no score: MiniLM
constexpr double merges_entry = 39.0;         // a merge an entry, of 8 and its text: Qwen 2.5 and 3
constexpr double all_merges_entry = 61.0;     // from tiktoken, every split of a token a merge: Llama 3

uint64_t aligned(uint64_t bytes) {
  return (bytes + gguf_alignment - 1) / gguf_alignment * gguf_alignment;
}

double tokenizer_entry(const ModelShape& shape) {
  const std::string_view name = shape.architecture.empty() ? shape.family : shape.architecture;
  if (name.starts_with("gemma") || name.starts_with("t5")) return sentencepiece_entry;
  if (shape.task == Task::encode && shape.vocab < 40'000) return wordpiece_entry;
  if (shape.vocab < 40'000) return sentencepiece_entry;
  // Llama 3's and 4's, and OpenAI's o200k of gpt-oss.
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

uint64_t gguf_tokenizer_bytes(const ModelShape& shape) {
  if (shape.tokenizer_bytes) return shape.tokenizer_bytes;
  return static_cast<uint64_t>(static_cast<double>(shape.vocab) * tokenizer_entry(shape));
}

}  // namespace weighin
