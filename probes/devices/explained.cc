#include "probes/devices/explained.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "models/text/letters.h"
#include "probes/devices/card_makers.h"
#include "probes/devices/vocabulary.h"

namespace weighin {
namespace {

/// Whether `word` stands in `text`, in any case, with neither a letter nor a digit of its kind beside it.
bool has_word(std::string_view text, std::string_view word) {
  const auto kind = [](char c) { return is_letter(c) ? 1 : is_digit(c) ? 2 : 0; };
  for (size_t i = 0; i + word.size() <= text.size(); ++i) {
    if (!same_letters(text.substr(i, word.size()), word)) continue;
    const size_t end = i + word.size();
    if (i > 0 && kind(text[i - 1]) == kind(text[i])) continue;
    if (end < text.size() && kind(text[end]) == kind(text[end - 1])) continue;
    return true;
  }
  return false;
}

/// The letters and digits of `text`, in lower case.
std::string squeezed(std::string_view text) {
  std::string letters;
  for (const char c : text)
    if (is_letter(c) || is_digit(c)) letters += lower_letter(c);
  return letters;
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && same_letters(text.substr(0, word.size()), word) &&
         (text.size() == word.size() || !is_letter(text[word.size()]));
}

bool made_by(const DeviceSpec& device, std::string_view vendor) {
  if (vendor == "ati") vendor = "amd";
  return has_word(device.vendor, vendor) || starts_with_word(device.chip, vendor) ||
         starts_with_word(device.name, vendor);
}

class Explainer {
 public:
  explicit Explainer(const MatchedName& matched)
      : matched_(matched),
        words_(matched.name.words),
        first_(*matched.matches.front().devices.front()),
        card_(is_discrete(first_)) {}

  std::string unexplained() const {
    size_t behind = 0;  // words before it belong to a phrase that is explained
    for (size_t i = 0; i < words_.size(); ++i) {
      if (i < behind || words_[i].consumed || matched_.used[i]) continue;
      if (card_) {
        // A card's maker writes more than one word: "FTW3 Ultra" is no suffix.
        if (const size_t length = card_maker_words(words_, i); length > 0 && unused(i, length)) {
          behind = i + length;
          continue;
        }
      }
      if (!explained(i)) return words_[i].text;
    }
    return "";
  }

 private:
  bool unused(size_t first, size_t length) const {
    for (size_t i = first; i < first + length; ++i)
      if (matched_.used[i]) return false;
    return true;
  }

  template <class Test>
  bool any_device(const Test& test) const {
    for (const NameMatch& match : matched_.matches)
      for (const DeviceSpec* device : match.devices)
        if (test(*device)) return true;
    return false;
  }

  bool explained(size_t i) const {
    const std::string& word = words_[i].text;
    if (is_memory(i) || is_year(i)) return true;
    if (is_part_name(i) || is_target(i)) return true;
    if (is_digit(word.front())) return is_number_of_codename(i) || (i > 0 && is_unit_version(i - 1));
    if (is_harmless(word) || part_word(word)) return true;
    if (is_codename_suffix(i) || is_unit_version(i)) return true;
    // A suffix makes another device, whatever else it might be.
    if (is_suffix(word) && !is_kind(word)) return false;
    return is_kind(word) || is_brand(word) || is_chip_word(i) || is_month(word);
  }

  /// "8GB", "24 GiB", and "16G" beside a card, whose memory it must be.
  bool is_memory(size_t i) const {
    const auto unit = [&](size_t at) {
      return at < words_.size() &&
             (words_[at].text == "gb" || words_[at].text == "gib" || words_[at].text == "tb");
    };
    const bool digits = is_digit(words_[i].text.front());
    if (digits && unit(i + 1)) return true;
    if (unit(i)) return i > 0 && is_digit(words_[i - 1].text.front());
    const auto short_unit = [&](size_t at) {
      return card_ && at < words_.size() && at > 0 && words_[at].text == "g" && words_[at].glued &&
             sold_with(std::strtod(words_[at - 1].text.c_str(), nullptr)) &&
             (at + 1 == words_.size() || !words_[at + 1].glued);
    };
    return digits ? short_unit(i + 1) : short_unit(i);
  }

  bool sold_with(double gib) const {
    return std::any_of(first_.memory_gib.begin(), first_.memory_gib.end(),
                       [&](double size) { return std::abs(size - gib) < 0.5; });
  }

  /// The year in which the device was first sold. The same chip of Apple's is in Macs of later years.
  bool is_year(size_t i) const {
    const std::string& word = words_[i].text;
    if (word.size() != 4 || !is_digit(word.front()) || word.find('.') != std::string::npos) return false;
    const auto year = static_cast<unsigned>(std::strtoul(word.c_str(), nullptr, 10));
    if (matched_.name.mac) return first_.year <= year && year <= first_.year + 3;
    return year == first_.year;
  }

  bool is_month(std::string_view word) const {
    static constexpr std::string_view words[]{"late", "early", "mid", "jan",     "feb",    "mar", "apr",
                                              "may",  "jun",   "jul", "aug",     "sep",    "oct", "nov",
                                              "dec",  "core",  "ssd", "storage", "memory", "ram", "unified"};
    return matched_.name.mac && std::find(std::begin(words), std::end(words), word) != std::end(words);
  }

  bool is_kind(std::string_view word) const {
    if (word == "ram" || word == "vram" || word == "memory" || word == "unified") return true;
    if (word == "arm" || word == "aarch")
      return any_device([](const DeviceSpec& device) { return device.cpu.isa.starts_with("neon"); });
    return any_device([&](const DeviceSpec& device) { return is_kind_word(word, device.kind); });
  }

  /// A vendor, a maker or a series of the devices found: "radeon", "xiaomi", "quadro".
  bool is_brand(std::string_view word) const {
    if (word.size() < 2) return false;
    return any_device([&](const DeviceSpec& device) {
      if (has_word(device.vendor, word)) return true;
      const bool of_xiaomi = device.vendor == "Redmi" || device.vendor == "Poco";
      if ((word == "xiaomi" && of_xiaomi) || (word == "motorola" && device.vendor == "Moto")) return true;
      if (word.size() >= 3 && (has_word(device.name, word) || has_word(device.gpu.name, word))) return true;
      const bool nvidia = device.vendor == "NVIDIA";
      if (word == "tesla" || word == "grid") return nvidia && device.kind == DeviceKind::datacenter_gpu;
      if (word == "quadro") return nvidia && device.kind == DeviceKind::workstation_gpu;
      if (word == "nvgpu" || word == "tegra") return nvidia && device.kind == DeviceKind::board;
      if (word == "radeon") return device.vendor == "AMD" && device.gpu.there();
      if (word == "oryon" || word == "kryo") return made_by(device, "qualcomm");
      // "HP NVIDIA A40": only if the name says more than the number of the card.
      return card_ && is_computer_maker(word) && !matched_.name.claims.empty();
    });
  }

  /// Whether the words beside each other around `i` are the whole name of the device's chip, or begin that of
  /// a part:
  /// "(Adreno 840)", "(Mali-G715 MC7)", "(BMG G21)".
  bool is_part_name(size_t i) const {
    constexpr size_t fewest_letters = 3;
    const auto joins = [&](size_t at) {
      return !words_[at].consumed && !matched_.used[at] && words_[at].segment == words_[i].segment;
    };
    size_t first = i, end = i + 1;
    while (first > 0 && joins(first - 1)) --first;
    while (end < words_.size() && joins(end)) ++end;
    std::string run;
    for (size_t at = first; at < end; ++at) run += words_[at].text;
    if (run.size() < fewest_letters || is_digit(run.front())) return false;
    return any_device([&](const DeviceSpec& device) {
      return squeezed(device.chip) == run ||
             (!card_ && squeezed(device.gpu.name).starts_with(run) && end > first + 1);
    });
  }

  /// "GFX1201", as AMD's compilers and Mesa call the die of a card (LLVM's user guide for AMDGPU).
  bool is_target(size_t i) const {
    struct Target {
      std::string_view number, die;
    };
    static constexpr Target targets[]{
        {"1201", "Navi 48"}, {"1200", "Navi 44"}, {"1102", "Navi 33"}, {"1101", "Navi 32"},
        {"1100", "Navi 31"}, {"1034", "Navi 24"}, {"1032", "Navi 23"}, {"1031", "Navi 22"},
        {"1030", "Navi 21"}, {"1012", "Navi 14"}, {"1010", "Navi 10"}, {"906", "Vega 20"},
        {"900", "Vega 10"},  {"942", "CDNA 3"},   {"950", "CDNA 4"},   {"908", "CDNA 1"}};
    const size_t number = words_[i].text == "gfx" ? i + 1 : i;
    if (number == 0 || number >= words_.size() || words_[number - 1].text != "gfx") return false;
    return any_device([&](const DeviceSpec& device) {
      return std::any_of(std::begin(targets), std::end(targets), [&](const Target& target) {
        return words_[number].text == target.number && device.chip == target.die;
      });
    });
  }

  /// A part of the chip's name, such as the "navi" of "Navi 31", or the codename of its generation.
  bool is_chip_word(size_t i) const {
    const std::string& word = words_[i].text;
    if (continues_codename(word)) return i > 0 && is_codename(words_[i - 1].text);
    return any_device([&](const DeviceSpec& device) {
      if (!device.chip.empty() && has_word(device.chip, word)) return true;
      if (card_) return is_gpu_codename(word);
      if (device.vendor == "AMD" || device.vendor == "Intel")
        return is_processor_codename(word) || is_gpu_codename(word);
      return false;
    });
  }

  /// The "S" of "Coffee Lake-S".
  bool is_codename_suffix(size_t i) const {
    static constexpr std::string_view suffixes[]{"s", "p", "h", "hx", "u", "n", "r", "lp"};
    return i > 0 && !card_ && continues_codename(words_[i - 1].text) && !matched_.used[i - 1] &&
           std::find(std::begin(suffixes), std::end(suffixes), words_[i].text) != std::end(suffixes);
  }

  /// The "v" of "Hexagon v79".
  bool is_unit_version(size_t i) const {
    return i > 0 && words_[i].text == "v" && words_[i - 1].text == "hexagon" && i + 1 < words_.size() &&
           words_[i + 1].glued;
  }

  /// The "31" of "Navi 31", which must be that of the chip; the "5" of "Zen 5".
  bool is_number_of_codename(size_t i) const {
    if (i == 0) return false;
    const std::string& before = words_[i - 1].text;
    if (matched_.used[i - 1] || is_digit(before.front())) return false;
    if (any_device([&](const DeviceSpec& device) {
          return has_word(device.chip, before) && has_word(device.chip, words_[i].text);
        }))
      return true;
    return !card_ && words_[i].text.size() == 1 && is_chip_word(i - 1);
  }

  const MatchedName& matched_;
  const std::vector<NameWord>& words_;
  const DeviceSpec& first_;
  bool card_;
};

}  // namespace

std::string unexplained_word(const MatchedName& matched) {
  return Explainer(matched).unexplained();
}

std::string contradicting_word(const MatchedName& matched) {
  for (const std::string& word : matched.name.claims) {
    bool fits = false;
    for (const NameMatch& match : matched.matches)
      for (const DeviceSpec* device : match.devices)
        fits |= word == "geforce" ? has_word(device->name, word) : made_by(*device, word);
    if (!fits) return word;
  }
  return "";
}

}  // namespace weighin
