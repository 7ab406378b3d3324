#include "models/names/quant_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>
#include <vector>

#include "models/format/format.h"
#include "models/text/letters.h"

namespace weighin {
namespace {

/// A fragment of a name, in capitals, and what it says. The first row whose fragment is in the name counts.
/// The bits include those of scales: AWQ and GPTQ store 16 + 4 bits of scale and zero point for 128 weights
/// (bytes/packed_formats.cc), MLX 32 bits for 64 (mlx.core.quantize, read 2026-11), NVFP4 8 for 16, MXFP4 8
/// for 32 (OCP MX 1.0). Servers that read these containers keep embedding and output head in 16 bits.
struct Part {
  std::string_view part;
  double bits;
  double head_bits;
  QuantKind kind;
};
constexpr std::array parts{
    Part{"NVFP4", 4.5, 16, QuantKind::fp4},
    Part{"MXFP4", 4.25, 16, QuantKind::fp4},
    Part{"FP4", 4.5, 16, QuantKind::fp4},
    Part{"JANGTQ", 2.5, 0, QuantKind::packed},
    Part{"TERNARY", 2.125, 0, QuantKind::packed},
    Part{"B1.58", 2.1, 16, QuantKind::packed},
    Part{"UQFF Q4", 4.5, 0, QuantKind::packed},
    Part{"UQFF Q8", 8.5, 0, QuantKind::bits8},
    Part{"MQ4", 4.5, 0, QuantKind::packed},
    Part{"Q4F16", 4.5, 0, QuantKind::packed},
    Part{"Q4F32", 4.5, 0, QuantKind::packed},
    Part{"Q3F16", 3.5, 0, QuantKind::packed},
    Part{"W2", 2.125, 16, QuantKind::packed},
    Part{"W3", 3.125, 16, QuantKind::packed},
    Part{"W4", 4.25, 0, QuantKind::packed},
    Part{"W8", 8, 0, QuantKind::bits8},
    // LiteRT mixes layers of 2, 4 and 8 bits. The file of Gemma 4 E2B has 2.58 GB for 5.1B values (model
    // card).
    Part{"WNA8", 4.05, 0, QuantKind::packed},
    Part{"FP8", 8, 16, QuantKind::bits8},
    Part{"F8", 8, 16, QuantKind::bits8},
    Part{"MLX 2", 2.5, 0, QuantKind::packed},
    Part{"MLX 3", 3.5, 0, QuantKind::packed},
    Part{"MLX 4", 4.5, 0, QuantKind::packed},
    Part{"MLX 5", 5.5, 0, QuantKind::packed},
    Part{"MLX 6", 6.5, 0, QuantKind::packed},
    Part{"MLX 8", 8.5, 0, QuantKind::bits8},
    Part{"AWQ", 4.16, 16, QuantKind::packed},
    Part{"GPTQ 8", 8.16, 16, QuantKind::bits8},
    Part{"GPTQ INT8", 8.16, 16, QuantKind::bits8},
    Part{"GPTQ", 4.16, 16, QuantKind::packed},
    Part{"INT8", 8, 0, QuantKind::bits8},
    Part{"INT4", 4.25, 0, QuantKind::packed},
    Part{"BF16", 16, 0, QuantKind::f16},
    Part{"FP16", 16, 0, QuantKind::f16},
    Part{"F16", 16, 0, QuantKind::f16},
    Part{"FLOAT16", 16, 0, QuantKind::f16},
    Part{"FP32", 32, 0, QuantKind::f32},
    Part{"F32", 32, 0, QuantKind::f32},
    Part{"2BIT", 2.5, 0, QuantKind::packed},
    Part{"3BIT", 3.5, 0, QuantKind::packed},
    Part{"4BIT", 4.5, 0, QuantKind::packed},
    Part{"5BIT", 5.5, 0, QuantKind::packed},
    Part{"6BIT", 6.5, 0, QuantKind::packed},
    Part{"8BIT", 8.5, 0, QuantKind::bits8},
    // Formats of ik_llama.cpp, with the bits that it prints for them.
    Part{"IQ2_K", 2.375, 0, QuantKind::i_quant},
    Part{"IQ3_K", 3.4375, 0, QuantKind::i_quant},
    Part{"IQ4_K", 4.5, 0, QuantKind::i_quant},
    Part{"IQ5_K", 5.5, 0, QuantKind::i_quant},
    Part{"IQ6_K", 6.625, 0, QuantKind::i_quant},
};

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

QuantKind kind_of(const FileFormat& format) {
  const QuantFormat& base = format_of(format.base);
  if (base.id == FormatId::f32) return QuantKind::f32;
  if (!base.quantized()) return QuantKind::f16;
  if (base.id == FormatId::mxfp4 || base.id == FormatId::nvfp4) return QuantKind::fp4;
  if (base.bits_per_weight() > 8) return QuantKind::bits8;
  if (base.name.starts_with("iq") || base.name.starts_with("tq")) return QuantKind::i_quant;
  return base.name.find('K') != std::string_view::npos ? QuantKind::k_quant : QuantKind::legacy;
}

struct Spelling {
  std::string name;
  const FileFormat* format;
  double more;
};

/// GGUF formats as people write them, longest first. _L, _XL and _P keep embedding, output head or more in
/// finer formats. By published file sizes that adds about 3% to _M: 8% for Q4_K_L of an 8B model (5.31
/// against 4.92 GB), 5% for UD-Q4_K_XL of a 27B one (17.6 against 16.8 GB), and less for larger models.
const std::vector<Spelling>& spellings() {
  static const std::vector<Spelling> all = [] {
    std::vector<Spelling> list;
    const auto add = [&](std::string name, FileFormatId id, double more) {
      list.push_back({std::move(name), &file_format_of(id), more});
    };
    for (const FileFormat& format : all_file_formats())
      if (format.container == Container::gguf) list.push_back({upper_case(format.name), &format, 1.0});
    add("Q2_K_L", FileFormatId::q2_K, 1.04);
    add("Q2_K_XL", FileFormatId::q2_K, 1.06);
    add("Q3_K_XL", FileFormatId::q3_K_L, 1.02);
    add("Q3_K_P", FileFormatId::q3_K_M, 1.04);
    add("Q4_K_L", FileFormatId::q4_K_M, 1.04);
    add("Q4_K_XL", FileFormatId::q4_K_M, 1.03);
    add("Q4_K_P", FileFormatId::q4_K_M, 1.04);
    add("Q5_K_L", FileFormatId::q5_K_M, 1.03);
    add("Q5_K_XL", FileFormatId::q5_K_M, 1.03);
    add("Q6_K_L", FileFormatId::q6_K, 1.02);
    add("Q6_K_XL", FileFormatId::q6_K, 1.10);
    add("Q8_K_XL", FileFormatId::q8_0, 1.15);
    add("Q8_K", FileFormatId::q8_0, 1.0);
    add("Q3_K", FileFormatId::q3_K_M, 1.0);
    add("Q5_K", FileFormatId::q5_K_M, 1.0);
    add("IQ4_KS", FileFormatId::iq4_xs, 1.0);
    add("Q4_0_4_4", FileFormatId::q4_0, 1.0);
    add("Q4_0_4_8", FileFormatId::q4_0, 1.0);
    add("Q4_0_8_8", FileFormatId::q4_0, 1.0);
    add("MXFP4 MOE", FileFormatId::mxfp4_moe, 1.0);
    add("MXFP4", FileFormatId::mxfp4_moe, 1.0);
    add("Q2", FileFormatId::q2_K, 1.0);
    add("Q3", FileFormatId::q3_K_M, 1.0);
    add("Q4", FileFormatId::q4_K_M, 1.0);
    add("Q5", FileFormatId::q5_K_M, 1.0);
    add("Q6", FileFormatId::q6_K, 1.0);
    add("Q8", FileFormatId::q8_0, 1.0);
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.name.size() > b.name.size(); });
    return list;
  }();
  return all;
}

/// Whether `part` stands in `text` as a word.
bool has_word(const std::string& text, std::string_view part) {
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    const size_t end = at + part.size();
    const bool before = at == 0 || !in_word(text[at - 1]);
    if (before && (end == text.size() || !in_word(text[end]))) return true;
  }
  return false;
}

/// The number before "bpw", as in "EXL2 4.0 bpw".
std::optional<double> stated_bits(const std::string& text) {
  const size_t unit = text.find("BPW");
  if (unit == std::string::npos) return {};
  size_t end = unit;
  while (end > 0 && text[end - 1] == ' ') --end;
  size_t begin = end;
  while (begin > 0 && (is_digit(text[begin - 1]) || text[begin - 1] == '.')) --begin;
  double bits = 0;
  const auto [last, error] = std::from_chars(text.data() + begin, text.data() + end, bits);
  if (error != std::errc() || last != text.data() + end || bits < 1 || bits > 32) return {};
  return bits;
}

}  // namespace

std::string_view kind_name(QuantKind kind) {
  constexpr std::array<std::string_view, 8> names{"f32",     "f16",     "8 bits", "legacy",
                                                  "k-quant", "i-quant", "fp4",    "packed"};
  return names[static_cast<size_t>(kind)];
}

std::optional<QuantName> quant_of_name(std::string_view name) {
  // Parentheses name a format of another engine: "W2 (llama.cpp Q2_K/Q4_0 class)".
  std::string text = upper_case(name.substr(0, name.find('(')));
  std::replace(text.begin(), text.end(), '-', ' ');
  // In MLX all matrices are in the format, the output head among them: "MLX nvfp4", "MXFP4 mxfp4".
  const bool mlx = text.find("MLX") != std::string::npos;
  if (!mlx && text.find("NVFP4") == std::string::npos) {
    for (const Spelling& spelling : spellings()) {
      std::string written = spelling.name;
      std::replace(written.begin(), written.end(), '-', ' ');
      if (!has_word(text, written) && !has_word(text, upper_case(written))) continue;
      return QuantName{.format = spelling.format,
                       .bits = format_of(spelling.format->base).bits_per_weight(),
                       .more = spelling.more,
                       .kind = kind_of(*spelling.format)};
    }
  }
  if (const auto bits = stated_bits(text))
    return QuantName{.bits = *bits, .kind = *bits >= 7 ? QuantKind::bits8 : QuantKind::packed};
  std::string joined = text;  // "4 BIT" -> "4BIT"
  for (size_t at = joined.find(" BIT"); at != std::string::npos; at = joined.find(" BIT"))
    joined.erase(at, 1);
  for (const Part& part : parts)
    if (text.find(part.part) != std::string::npos || joined.find(part.part) != std::string::npos)
      return QuantName{.bits = part.bits, .head_bits = mlx ? 0 : part.head_bits, .kind = part.kind};
  return {};
}

}  // namespace weighin
