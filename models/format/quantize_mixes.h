// Which format llama.cpp's quantizer gives a matrix, by the mix and by what the matrix is for: the table
// quantize_mixes.cc.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/format/file_format.h"

namespace weighin {

/// What the quantizer tells apart.
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

/// The part of the tensor called `name` (as GGUF files name it).
MixPart mix_part(std::string_view name);

/// What a model is, as far as the mixes ask.
struct MixModel {
  bool falcon = false;
  bool llama_70b = false;  // what the quantizer takes for a model with Llama 2 70B's proportions
  uint32_t experts = 0;
  uint32_t query_group = 0;  // query heads a key-value head, in the first layer; 0: it has none
  bool imatrix = false;      // an importance matrix is given
};

/// Where a matrix stands: the `index`th of `count`, in layers or, where the quantizer counts, in tensors of
/// its part.
struct MixPlace {
  uint32_t index = 0;
  uint32_t count = 0;
};

/// The format that `mix` gives a matrix, before rows that are no whole number of blocks are looked at. Not
/// for the output (output_format).
FormatId mixed_format(const FileFormat& mix, MixPart part, const MixModel& model, MixPlace place);

/// Mixes of very few bits, which count feed-forward matrices where others take the layer's number.
bool counts_matrices(FileFormatId mix);

/// The format of the output head with rows of `cols` values, and of the token embedding where it is the
/// output head.
FormatId output_format(const FileFormat& mix, bool falcon, uint64_t cols);

/// Whether files of `mix` are made with an importance matrix: those that the quantizer refuses to make
/// without one (IQ1_*, IQ2_*, IQ3_XXS, IQ3_XS, Q2_K_S), and IQ4_XS and IQ4_NL, whose published files are (the
/// sizes in tests/models/file_bytes_test.cc).
bool made_with_imatrix(FileFormatId mix);

/// Whether a model of the usual kind (no Falcon, no 70B, no experts, rows of whole blocks) has, in `mix`,
/// only formats with a reference kernel.
bool mixes_kernel_formats(const FileFormat& mix);

}  // namespace weighin
