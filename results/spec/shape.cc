#include "results/spec/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <vector>

#include "models/names/catalogue.h"
#include "models/names/quant_name.h"
#include "models/text/letters.h"

namespace weighin {
namespace {

/// Larger than any published model by a factor of fifty (Switch Transformer, 1.6e12).
constexpr double most_params = 1e14;

/// A published count of parameters that exceeds the count of the resolved model by more than this says
/// that the name was read wrongly. llama-bench, for example, calls every model of llama's architecture
/// with 40 layers "llama 13B" (llama.cpp's src/llama-model.cpp). Counts below the true one are common,
/// since files of packed weights count their words.
constexpr double too_many_params = 1.35;

/// Parameters are often published rounded to whole billions.
constexpr double rounding = 0.6e9;

/// Shapes with one name and sizes within 4% of each other are one model. The counts differ by the
/// embeddings or by a vision tower.
constexpr double same_size = 0.04;

/// A model of which only this size is known, and which is no fine-tune of a catalogue model, is taken for
/// a mixture of experts with 3B active parameters. Those published in 2025 and 2026 (Qwen3 30B-A3B, 3.5
/// 35B-A3B, GLM-4.7-Flash, Nemotron 3 Nano) outnumber the dense models of this size, and the dense ones
/// are in the catalogue by name.
constexpr double sparse_from = 29.4e9, sparse_to = 36.9e9, sparse_active = 3.3e9;

/// The letters and digits of `text`, in lower case.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += lower_letter(c);
  return out;
}

/// The first letters of a name: "Qwen3.6-27B" is "qwen".
std::string first_letters(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) break;
    out += lower_letter(c);
  }
  return out;
}

struct Candidate {
  const ModelShape* shape;
  double params;
  double active;
  std::string architecture;  // plain
};

/// The chat models whose shape is known.
const std::vector<Candidate>& candidates() {
  static const std::vector<Candidate> all = [] {
    std::vector<Candidate> list;
    for (const ModelShape& shape : all_models())
      if (shape.task == Task::chat && shape.undisclosed.empty() && !shape.made && shape.layers > 0 &&
          shape.encoder_layers == 0)
        list.push_back({&shape, static_cast<double>(parameters(shape)),
                        static_cast<double>(active_parameters(shape)), plain(shape.architecture)});
    return list;
  }();
  return all;
}

struct Sizes {
  double params = 0;
  double active = 0;  // 0: not known, or all
};

/// The model of the catalogue that stands for a name that the catalogue does not have. It is the nearest
/// one by its parameters, all and active. A model of the same architecture (which llama-bench writes
/// first) or of the same maker counts as nearer.
const Candidate* stand_in(std::string_view name, const Sizes& sizes) {
  std::string_view last = name;
  if (const size_t slash = last.rfind('/'); slash != std::string_view::npos) last.remove_prefix(slash + 1);
  const std::string architecture = plain(last.substr(0, last.find(' ')));
  const std::string maker = first_letters(last);
  const Candidate* best = nullptr;
  double least = 1e300;
  for (const Candidate& candidate : candidates()) {
    const bool same = candidate.architecture == architecture;
    const bool sparse = candidate.active < 0.7 * candidate.params;
    double distance = std::abs(std::log(candidate.params / sizes.params));
    if (sizes.active > 0) {
      distance += std::abs(std::log(candidate.active / sizes.active));
    } else if (sparse && !same && sizes.params < 150e9) {
      // No larger dense model is in use except Llama 3.1 405B, which is known by its name.
      distance += 2;
    }
    if (same) distance -= 0.3;
    if (first_letters(candidate.shape->name) != maker) distance += 0.2;
    if (candidate.shape->attention.empty()) distance += 0.5;
    // Models from before 2023 have other proportions than those that are run today.
    if (candidate.shape->released < "2023") distance += 0.3;
    if (distance < least) least = distance, best = &candidate;
  }
  return best;
}

/// The words of a name, split where its author splits them.
std::vector<std::string_view> words_of(std::string_view name) {
  std::vector<std::string_view> words;
  for (size_t begin = 0; begin < name.size();) {
    const size_t end = std::min(name.find_first_of("-_ /", begin), name.size());
    if (end > begin) words.push_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// Whether the name contains a size: "Gemma-4-E2B" does, "Gemma" does not.
bool says_size(std::string_view text) {
  for (size_t i = 1; i < text.size(); ++i) {
    const char unit = lower_letter(text[i]);
    if ((unit == 'b' || unit == 'm') && is_digit(text[i - 1])) return true;
  }
  return false;
}

/// The name of a fine-tune contains the name of its base model: "godot-gemma-4-e4b-it". Finds the longest
/// part with a size that is a model of the catalogue.
const ModelShape* named_within(std::string_view name) {
  constexpr size_t most = 12;  // words of a name that are looked at
  std::vector<std::string_view> words = words_of(name);
  if (words.size() > most) words.resize(most);
  for (size_t length = words.size(); length-- > 1;) {
    for (size_t first = 0; first + length <= words.size(); ++first) {
      const std::string_view& last = words[first + length - 1];
      const std::string_view part(words[first].data(),
                                  static_cast<size_t>(last.data() + last.size() - words[first].data()));
      if (!says_size(part)) continue;
      const ResolvedName resolved = resolve_name(part);
      if (resolved.model && resolved.model->undisclosed.empty()) return resolved.model;
    }
  }
  return nullptr;
}

/// Whether the published count can be that of the model, rounded or counted in packed words.
bool agrees(const NamedModel& model, const ModelShape& shape) {
  const auto params = static_cast<double>(parameters(shape));
  return !model.params || *model.params <= too_many_params * params + rounding || *model.params >= 4 * params;
}

}  // namespace

tl::expected<StandInShape, std::string> shape_of(const NamedModel& model, const ResolvedName& resolved) {
  StandInShape found;
  const bool runs = resolved.model && resolved.model->undisclosed.empty();
  if (resolved.model && !runs)
    return tl::unexpected(fmt::format("{}: {}", resolved.model->name, resolved.model->undisclosed));
  if (runs && agrees(model, *resolved.model)) {
    found.shape = resolved.model;
    return found;
  }
  if (!runs) {
    const ModelShape* within = named_within(model.name);
    if (within && agrees(model, *within)) {
      found.shape = within;
      return found;
    }
  }
  Sizes sizes;
  if (model.params) sizes.params = *model.params;
  // A size in the name is surer than a count of packed words, and than a count rounded to whole
  // billions.
  if (!runs && resolved.params &&
      (sizes.params < 0.6 * static_cast<double>(*resolved.params) ||
       std::abs(sizes.params - static_cast<double>(*resolved.params)) <= rounding))
    sizes.params = std::max(sizes.params, static_cast<double>(*resolved.params));
  if (model.active_params) sizes.active = *model.active_params;
  if (!runs && sizes.active <= 0 && resolved.active_params)
    sizes.active = static_cast<double>(*resolved.active_params);
  if (sizes.params <= 0 && model.file_bytes) {
    const auto quant = quant_of_name(model.quant);
    sizes.params = *model.file_bytes * 8 / (quant ? quant->bits : 4.85);
  }
  if (sizes.params <= 0)
    return tl::unexpected(fmt::format(
        "the model \"{}\" is not in the catalogue, and neither its name nor params_b says its size",
        model.name));
  if (sizes.params > most_params)
    return tl::unexpected(fmt::format("the model \"{}\": {:.3g} parameters are more than any model has",
                                      model.name, sizes.params));
  if (sizes.active >= 0.7 * sizes.params) sizes.active = 0;
  if (sizes.active <= 0 && sizes.params > sparse_from && sizes.params < sparse_to)
    sizes.active = sparse_active;
  std::string_view name = model.name;
  if (const size_t teacher = name.find("Distill-"); teacher != std::string_view::npos)
    name.remove_prefix(teacher +
                       std::string_view("Distill-").size());  // "DeepSeek-R1-Distill-Qwen-14B" is a Qwen
  const Candidate* candidate = stand_in(name, sizes);
  found.shape = candidate->shape;
  const double ratio = sizes.params / candidate->params;
  const bool same = std::abs(std::log(ratio)) < same_size;
  found.basis = same ? ShapeBasis::exact : ShapeBasis::scaled;
  if (!same) found.scale = ratio;
  return found;
}

}  // namespace weighin
