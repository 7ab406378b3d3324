#include "models/names/resolve_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <regex>
#include <vector>

#include "models/names/catalogue.h"
#include "models/names/name_format.h"
#include "models/text/letters.h"

namespace weighin {
namespace {

/// The sizes that a name states: "8x7B", "30B-A3B", "E2B".
struct StatedSize {
  std::optional<uint64_t> total;
  std::optional<uint64_t> active;
};

/// The number that `digits` write; the expressions below match no others.
template <class Number>
Number number_of(const std::string& digits) {
  Number number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

uint64_t count(const std::string& digits, char unit) {
  const char letter = upper_letter(unit);
  const double scale = letter == 'T' ? 1e12 : letter == 'B' ? 1e9 : 1e6;
  return static_cast<uint64_t>(std::llround(number_of<double>(digits) * scale));
}

/// The sizes in `name`.
StatedSize stated_size(const std::string& name) {
  // What stands before the number says what it counts: "A" active parameters, "E" effective ones, "8x" those
  // of each of 8 experts, anything else all of them.
  static const std::regex expression(
      R"((^\.?|[^A-Za-z0-9.]|[A-Za-z]\.)([AaEe]?)(?:(\d{1,3})[xX])?(\d{1,4}(?:\.\d{1,3})?)([BbMmTt])(?:[xX](\d{1,3})[Ee])?(?![A-Za-z0-9]))");
  // A word may stand directly before the number: "falcon7b".
  static const std::regex after_word(R"([A-Za-z]{3}(\d{1,4}(?:\.\d{1,3})?)([BbMm])(?![A-Za-z0-9]))");
  StatedSize size;
  std::optional<uint64_t> millions;  // "1M" may be a context
  std::string rest = name;
  for (std::smatch match; std::regex_search(rest, match, expression); rest = match.suffix()) {
    const uint64_t value = count(match[4], match[5].str()[0]);
    const char kind = match[2].length() ? upper_letter(match[2].str()[0]) : ' ';
    const bool in_millions = upper_letter(match[5].str()[0]) == 'M';
    if (match[6].matched) {
      if (!size.active) size.active = value;  // "17Bx16E": 17B are active
    } else if (kind == 'A') {
      if (!size.active) size.active = value;
    } else if (match[3].matched) {
      if (!size.total) size.total = value * number_of<uint64_t>(match[3]);
    } else if (in_millions) {
      if (!millions) millions = value;
    } else if (!size.total) {
      size.total = value;  // all parameters, or the effective ones
    } else if (match.prefix().length() == 0 && !size.active && value > *size.total) {
      // "1B-7B": 1B are active of 7B.
      size.active = size.total;
      size.total = value;
    }
    if (match.suffix().length() == 0) break;
  }
  if (!size.total) size.total = millions;
  std::smatch match;
  if (!size.total && !size.active && std::regex_search(name, match, after_word))
    size.total = count(match[1], match[2].str()[0]);
  return size;
}

/// The last part of a path, URL or id, without endings of files and numbers of parts.
std::string last_part(std::string text) {
  if (const size_t query = text.find('?');
      query != std::string::npos && text.find("://") != std::string::npos)
    text.resize(query);
  while (!text.empty() && text.back() == '/') text.pop_back();
  if (const size_t slash = text.find_last_of("/\\"); slash != std::string::npos) text.erase(0, slash + 1);
  static const std::regex ending(
      R"((?:\.(?:gguf|safetensors|bin|onnx|task|tflite|litertlm|pt|pth|mlmodelc|zip))+$)", std::regex::icase);
  static const std::regex part(R"([-.]\d{5}-of-\d{5}$)");
  text = std::regex_replace(text, ending, "");
  return std::regex_replace(text, part, "");
}

/// The words of `name` in lower case. A number after letters is a word of its own, so that "llama2-13b" has
/// the words of "llama-2-13b".
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool point =
        c == '.' && i > 0 && i + 1 < name.size() && is_digit(name[i - 1]) && is_digit(name[i + 1]);
    if (!std::isalnum(c) && !point) {
      if (!words.back().empty()) words.emplace_back();
      continue;
    }
    if (is_digit(name[i]) && !words.back().empty() &&
        std::isalpha(static_cast<unsigned char>(words.back().back())))
      words.emplace_back();
    words.back() += lower_letter(name[i]);
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

/// Whether `word` does not change the shape: it says how the model was tuned or packed, who publishes it, or
/// how long its context is.
bool leaves_shape_unchanged(const std::string& word) {
  static constexpr std::array words{
      "instruct", "it",   "chat",   "base",      "pt",     "hf",        "gguf",   "ggml",    "mlx",
      "onnx",     "qat",  "i",      "imatrix",   "latest", "dynamic",   "cpu",    "gpu",     "vlm",
      "model",    "meta", "google", "microsoft", "nvidia", "mistralai", "openai", "pytorch", "ibm"};
  const bool context =
      word.size() > 1 && word.back() == 'k' && std::all_of(word.begin(), word.end() - 1, is_digit);
  return context || std::find(words.begin(), words.end(), word) != words.end();
}

/// The words with hyphens between them. Without `all`, those that do not change the shape are left out, and
/// so is a first version ("v1.0", "v0.1").
std::string joined(const std::vector<std::string>& words, bool all) {
  std::vector<std::string> kept;
  for (size_t i = 0; i < words.size(); ++i) {
    const bool first_version =
        words[i] == "v" && i + 1 < words.size() && (words[i + 1] == "1.0" || words[i + 1] == "0.1");
    if (!all && first_version) {
      ++i;
    } else if (all || !leaves_shape_unchanged(words[i])) {
      kept.push_back(words[i]);
    }
  }
  return fmt::format("{}", fmt::join(kept, "-"));
}

/// A name or alias of the catalogue: all of its words, and those that matter for the shape.
struct KnownName {
  std::string whole;
  std::string brief;
  const ModelShape* model;
};

/// The catalogue's names, then its aliases.
std::vector<KnownName> known_names() {
  std::vector<KnownName> known;
  const auto add = [&](const std::string& name, const ModelShape& model) {
    const std::vector<std::string> words = words_of(last_part(name));
    known.push_back({joined(words, true), joined(words, false), &model});
  };
  for (const ModelShape& model : all_models())
    if (!model.made) add(model.name, model);
  for (const ModelShape& model : all_models())
    if (!model.made)
      for (const std::string& alias : model.aliases) add(alias, model);
  return known;
}

/// The model of the catalogue whose name has the same words, else the one whose name has the same words that
/// matter.
const ModelShape* catalogue_model(const std::vector<std::string>& words) {
  static const std::vector<KnownName> known = known_names();
  const std::string whole = joined(words, true), brief = joined(words, false);
  for (const KnownName& name : known)
    if (!whole.empty() && name.whole == whole) return name.model;
  for (const KnownName& name : known)
    if (!brief.empty() && name.brief == brief) return name.model;
  return nullptr;
}

}  // namespace

std::string_view basis_name(ParamsBasis basis) {
  switch (basis) {
    case ParamsBasis::catalogue:
      return "catalogue";
    case ParamsBasis::name:
      return "name";
    case ParamsBasis::none:
      return "";
  }
  return "";
}

ResolvedName resolve_name(std::string_view name) {
  // No part of a path is longer. The library's regular expressions recurse once for each letter.
  if (name.size() > 1024) name.remove_prefix(name.size() - 1024);
  ResolvedName resolved;
  std::string text = last_part(std::string(name));
  resolved.format = take_format(text);
  std::vector<std::string> words = words_of(text);
  // "Llama-3.2-1B-Instruct-GGUF/Q4_K_M.gguf": the folder is the model's.
  const bool empty = std::all_of(words.begin(), words.end(), leaves_shape_unchanged);
  if (const size_t slash = name.find_last_of("/\\"); empty && slash != std::string_view::npos) {
    text = last_part(std::string(name.substr(0, slash)));
    const std::string format = take_format(text);
    if (resolved.format.empty()) resolved.format = format;
    words = words_of(text);
  }
  const StatedSize size = stated_size(text);
  const ModelShape* model = catalogue_model(words);
  if (model != nullptr) {
    resolved.model = model;
    if (!model->undisclosed.empty()) return resolved;
    resolved.params = parameters(*model);
    resolved.active_params = active_parameters(*model);
    resolved.params_basis = ParamsBasis::catalogue;
  } else {
    resolved.params = size.total;
    resolved.active_params = size.active;
    if (size.total) resolved.params_basis = ParamsBasis::name;
  }
  if (resolved.params) resolved.size_class = size_class_of(*resolved.params).name;
  return resolved;
}

}  // namespace weighin
