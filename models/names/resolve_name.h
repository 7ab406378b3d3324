// What a name of a model or file says: "Llama-3.2-1B-Instruct-Q4_K_M.gguf" is a model, a size and a format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/shape/shape.h"

namespace weighin {

/// Where a number of parameters comes from.
enum class ParamsBasis : uint8_t {
  catalogue,  // the name is that of a catalogue model, and this is the model's exact count
  name,       // the name states it ("9B"), rounded by its author
  none,       // it is not known
};
std::string_view basis_name(ParamsBasis basis);

/// What a name says. What it does not say is empty and never guessed.
struct ResolvedName {
  const ModelShape* model = nullptr;  // nullptr: not in the catalogue, or a fine-tune of a model that is
  std::optional<uint64_t> params;
  ParamsBasis params_basis = ParamsBasis::none;
  /// Parameters that one token is computed with: the catalogue's count, else the stated one ("A3B").
  std::optional<uint64_t> active_params;
  std::string size_class;  // that of params
  /// A file format of format/file_formats.inc in its spelling there, else the format as the name writes it:
  /// "UD-Q4_K_XL", "GPTQ-Int4".
  std::string format;
};

/// Resolves file names and paths, URLs, Hugging Face ids, Ollama's name:tag, and names that benchmarks print
/// ("qwen3moe 30B.A3B"). Versions ("Qwen2.5", "Gemini 1.5 Pro") and contexts ("4k", "1M" after a size) are
/// not taken for sizes. For a model that is not in the catalogue, "E2B" (the effective size) is taken as its
/// size, and "8x7B" as 56B, the most that it can be.
ResolvedName resolve_name(std::string_view name);

}  // namespace weighin
