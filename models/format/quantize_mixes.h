// Which tensor format llama.cpp's quantizer gives a matrix. It depends on the mix (Q4_K_M, IQ2_XS, ...), on
// what the matrix is for, and on where in the model it stands. The table is in quantize_mixes.cc.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/format/file_format.h"

namespace weighin {

/// The kinds of matrices that the quantizer tells apart.
enum class MixPart : uint8_t {
  embedding,
  output,
  queries,
  keys,
  values,
  attention_output,
  gate,
  up,
  down,
  other
};

/// The kind of the tensor called `name`, as GGUF files name it.
MixPart mix_part(std::string_view name);

/// The properties of a model that the mixes depend on.
struct MixModel {
  bool falcon = false;
  bool llama_70b = false;  // the quantizer treats it as Llama 2 70B
  uint32_t experts = 0;
  uint32_t query_group = 0;  // query heads per key-value head in the first layer; 0: the layer has none
  bool imatrix = false;      // the quantizer is given an importance matrix
};

/// Where a matrix stands: number `index` of `count`, counted in layers or, for parts that the quantizer
/// counts, in tensors of that part.
struct MixPlace {
  uint32_t index = 0;
  uint32_t count = 0;
};

/// The format that `mix` gives a matrix whose rows are a whole number of blocks. Not for the output head:
/// that is output_format().
FormatId mixed_format(const FileFormat& mix, MixPart part, const MixModel& model, MixPlace place);

/// Whether `mix` is one of very few bits. In models with experts these count feed-forward matrices, where
/// other mixes use the number of the layer.
bool counts_matrices(FileFormatId mix);

/// The format of an output head with rows of `cols` values. A token embedding that is also the output head
/// gets the same.
FormatId output_format(const FileFormat& mix, bool falcon, uint64_t cols);

/// Whether files of `mix` are made with an importance matrix. The quantizer refuses to make IQ1_*, IQ2_*,
/// IQ3_XXS, IQ3_XS and Q2_K_S without one. Published files of IQ4_XS and IQ4_NL have one as well, by their
/// sizes (see tests/models/bytes/file_bytes_test.cc).
bool made_with_imatrix(FileFormatId mix);

/// Whether every tensor format of `mix` has a reference kernel, for an ordinary model: not Falcon, not a 70B,
/// without experts, and with rows of whole blocks.
bool mixes_kernel_formats(const FileFormat& mix);

}  // namespace weighin
