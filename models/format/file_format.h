// File formats: what people download. A container, the format of most of its matrices, and a rule for the
// others.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/format/format.h"
#include "models/shape/shape.h"

namespace weighin {

enum class Container : uint8_t { gguf, safetensors, gptq, awq, onnx, mlx, mediapipe };
std::string_view container_name(Container container);

/// One enumerator a row of file_formats.inc, then `as_stored`: each tensor in the format its file has it in.
enum class FileFormatId : uint8_t {
#define FILE_FORMAT(id, name, container, base, gguf_type, group) id,
#include "models/format/file_formats.inc"
#undef FILE_FORMAT
  as_stored,
};

struct FileFormat {
  FileFormatId id;
  std::string_view name;
  Container container;
  FormatId base;       // of most matrices; none: not stored in blocks of GGUF's kind
  uint32_t gguf_type;  // LLAMA_FTYPE_*, for general.file_type
  uint32_t group;      // weights that share a scale, where the container says so
};

/// Every file format, in the order of file_formats.inc (highest fidelity first).
std::span<const FileFormat> all_file_formats();

/// Those GGUF formats whose every tensor has a reference kernel: a speed can be predicted for them.
std::span<const FileFormat> kernel_file_formats();

/// The format whose kernel multiplies a matrix of `k` columns that tensor_formats() has in format `tensor`:
/// where a container has blocks of its own, theirs (GPTQ and AWQ in groups of 128: int4_g128; int8 of ONNX
/// and MediaPipe: int8_channel), else kernel_format_for().
FormatId kernel_format_in(const FileFormat& file, FormatId tensor, uint64_t k);

const FileFormat& file_format_of(FileFormatId id);

/// The file format called `name`: exactly, else in any case; or nullptr.
const FileFormat* find_file_format(std::string_view name);

/// The format of each of `shape.tensors`, in their order: as stored where a file was read, else what
/// llama.cpp's converter and quantizer make of a 16-bit original (bytes/tensor_formats.cc,
/// quantize_mixes.cc). An importance matrix is taken as given for the mixes that need one and for IQ4_XS and
/// IQ4_NL, whose published files have one. q4_0 and Q5_0 are taken without: files made with one (a minority
/// of both) have an eighth of the ffn_down matrices in q4_1, q5_1. Where the quantizer refuses (rows that are
/// no whole number of q8_0 or q4_0 blocks) such matrices are f16. For containers other than GGUF: what a GGUF
/// of the same base would have.
std::vector<FormatId> tensor_formats(const ModelShape& shape, const FileFormat& format);

/// The same with (`imatrix`) or without an importance matrix.
std::vector<FormatId> tensor_formats(const ModelShape& shape, const FileFormat& format, bool imatrix);

}  // namespace weighin
