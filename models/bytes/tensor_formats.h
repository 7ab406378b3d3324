// The format of each tensor in a model's file.
#pragma once

#include <vector>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

/// The format of each of `shape.tensors`, in their order. Where a file was read it is the format in that
/// file. Else it is the format that llama.cpp's converter and quantizer give the tensor of a 16-bit original,
/// by the table of format/quantize_mixes.cc. For containers other than GGUF it is the format that a GGUF file
/// of the same base has.
///
/// Mixes that need an importance matrix are taken to have one, and so are IQ4_XS and IQ4_NL, whose published
/// files have one. q4_0 and Q5_0 are taken to have none; the minority of their files that were made with one
/// have an eighth of the ffn_down matrices in q4_1 or q5_1. Matrices that the quantizer refuses, because
/// their rows are no whole number of q8_0 or q4_0 blocks, are f16 here.
std::vector<FormatId> tensor_formats(const ModelShape& shape, const FileFormat& format);

/// The same with (`imatrix`) or without an importance matrix.
std::vector<FormatId> tensor_formats(const ModelShape& shape, const FileFormat& format, bool imatrix);

}  // namespace weighin
