// What a quantization's published name says of a model's bytes: "GGUF UD-Q4_K_XL", "w4a16_g128", "EXL2 4.0
// bpw".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "models/format/file_format.h"

namespace weighin {

/// Formats that engines multiply alike.
enum class QuantKind : uint8_t {
  f32,
  f16,     // bf16 as well
  bits8,   // q8_0, INT8, FP8, w8a8
  legacy,  // q4_0 to q5_1: blocks of 32 with one scale
  k_quant,
  i_quant,  // codebooks: iq1 to iq4
  fp4,      // MXFP4, NVFP4
  packed,   // groups of integers: AWQ, GPTQ, EXL2, MLX, w4a16, "4-bit"
};
std::string_view kind_name(QuantKind kind);

struct QuantName {
  const FileFormat* format = nullptr;  // the GGUF format that decides each tensor's bits; nullptr: `bits` do
  double bits = 0;                     // a weight of the matrices, scales included
  double head_bits = 0;                // of embedding and output head; 0: as the matrices
  double more = 1;                     // bytes over those of `format`, where a publisher keeps some finer
  QuantKind kind = QuantKind::k_quant;
};

/// None where the name says nothing known.
std::optional<QuantName> quant_of_name(std::string_view name);

}  // namespace weighin
