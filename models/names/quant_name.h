// What the published name of a quantization says about a model's bytes: "GGUF UD-Q4_K_XL", "w4a16_g128",
// "EXL2 4.0 bpw".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "models/format/file_format.h"

namespace weighin {

/// Kinds of formats. Engines multiply all formats of a kind in the same way.
enum class QuantKind : uint8_t {
  f32,
  f16,     // also bf16
  bits8,   // q8_0, INT8, FP8, w8a8
  legacy,  // q4_0 to q5_1: blocks of 32 with one scale
  k_quant,
  i_quant,  // codebooks: iq1 to iq4
  fp4,      // MXFP4, NVFP4
  packed,   // groups of integers: AWQ, GPTQ, EXL2, MLX, w4a16, "4-bit"
};
std::string_view kind_name(QuantKind kind);

struct QuantName {
  const FileFormat* format =
      nullptr;           // the GGUF format that decides the bits of each tensor; nullptr: `bits` does
  double bits = 0;       // bits per weight of the matrices, with their scales
  double head_bits = 0;  // the same for embedding and output head; 0: as the matrices
  double more = 1;       // factor on the bytes of `format`, where a publisher keeps some tensors finer
  QuantKind kind = QuantKind::k_quant;
};

/// Nothing where the name holds no known quantization.
std::optional<QuantName> quant_of_name(std::string_view name);

}  // namespace weighin
