// File formats: what people download. A file format is a container, the tensor format of most of its
// matrices, and a rule for the others (bytes/tensor_formats.h). The table is file_formats.inc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "models/format/format.h"

namespace weighin {

enum class Container : uint8_t { gguf, safetensors, gptq, awq, onnx, mlx, mediapipe };
std::string_view container_name(Container container);

/// One enumerator for each row of file_formats.inc, then `as_stored`: every tensor in the format that the
/// file which was read has it in.
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
  FormatId base;       // format of most matrices; none where the tensors are not in one of formats.inc
  uint32_t gguf_type;  // LLAMA_FTYPE_*, the value of general.file_type; no_gguf where there is none
  uint32_t
      group;  // weights that share a scale, where the container and not the tensor format decides; else 0
};

/// A GGUF file's data, and each tensor in it, begin at multiples of this many bytes unless the header says
/// otherwise: the default of general.alignment (GGUF specification v3).
inline constexpr uint64_t gguf_alignment = 32;

/// Every file format, in the order of file_formats.inc: by container, highest fidelity first.
std::span<const FileFormat> all_file_formats();

/// The GGUF formats whose every tensor has a reference kernel. A speed can be predicted for them.
std::span<const FileFormat> kernel_file_formats();

/// The format whose kernel is timed for a matrix of `k` columns that tensor_formats() gives the format
/// `tensor`. Where the container has blocks of its own it is theirs: int4_g128 for GPTQ and AWQ in groups of
/// 128, int8_channel for int8 in ONNX and MediaPipe. Else it is kernel_format_for().
FormatId kernel_format_in(const FileFormat& file, FormatId tensor, uint64_t k);

/// The row of `id`.
const FileFormat& file_format_of(FileFormatId id);

/// The file format called `name` exactly, else the one called so in any case, or nullptr.
const FileFormat* find_file_format(std::string_view name);

}  // namespace weighin
