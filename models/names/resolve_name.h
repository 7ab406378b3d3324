// What a name people use says: "Llama-3.2-1B-Instruct-Q4_K_M.gguf" is a model, a size and a format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/shape/shape.h"

namespace weighin {

/// How a number of parameters is known.
enum class ParamsBasis : uint8_t {
  catalogue,  // the name is a catalogue model's, and this is its exact count
  name,       // the name states it: "9B"; rounded as its author rounded it
  none,       // neither: not known
};
std::string_view basis_name(ParamsBasis basis);

/// What is not known is empty, never guessed.
struct ResolvedName {
  const ModelShape* model = nullptr;  // of the catalogue; nullptr: not in it, or a fine-tune of what is
  std::optional<uint64_t> params;
  ParamsBasis params_basis = ParamsBasis::none;
  /// Parameters a token is computed with: the catalogue's count, else as stated ("A3B").
  std::optional<uint64_t> active_params;
  std::string size_class;  // of params
  /// A file format of weighin's as its table spells it, else the format as the name writes it: "UD-Q4_K_XL",
  /// "GPTQ-Int4".
  std::string format;
};

/// Resolves file names and paths, URLs, Hugging Face ids, Ollama's name:tag, and what benchmarks print
/// ("qwen3moe 30B.A3B"). A version is no size ("Qwen2.5", "Gemini 1.5 Pro"), nor is a context ("4k", "1M"
/// after a size). "E2B" is the effective size, taken where the model is not in the catalogue; "8x7B" there is
/// 56B, the most it can be.
ResolvedName resolve_name(std::string_view name);

}  // namespace weighin
