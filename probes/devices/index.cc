#include "probes/devices/index.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "models/text/edit_distance.h"
#include "probes/devices/catalogue.h"

namespace weighin {
namespace {

/// A tree of words. Every alias is a path from the root; aliases with the same first words share nodes.
class DeviceIndex {
 public:
  DeviceIndex() {
    const auto& devices = all_devices();
    for (uint32_t i = 0; i < devices.size(); ++i) {
      add(devices[i].name, i);
      for (const std::string& alias : devices[i].aliases) add(alias, i);
    }
  }

  IndexMatch longest(const std::vector<NameWord>& words, size_t first) const {
    IndexMatch match;
    uint32_t node = 0;
    for (size_t i = first; i < words.size() && !words[i].consumed; ++i) {
      const auto word = words_.find(words[i].text);
      if (word == words_.end()) break;
      const auto next = next_.find(key(node, word->second));
      if (next == next_.end()) break;
      node = next->second;
      if (!devices_[node].empty()) match = {i + 1 - first, &devices_[node]};
    }
    return match;
  }

  /// Up to `most` names near `name`: first those that share the most words with it, then those with the
  /// fewest changed letters.
  std::vector<std::string> nearest(std::string_view name, size_t most) const;

 private:
  struct Alias {
    std::string text;
    std::vector<uint32_t> words;
    uint32_t device = 0;
  };

  static uint64_t key(uint32_t node, uint32_t word) { return uint64_t{node} << 32 | word; }

  void add(std::string_view name, uint32_t device) {
    std::vector<std::string> texts = name_words(name);
    if (texts.empty()) return;
    add_path(texts, device);
    add_laptop_spellings(texts, device);
    // The series may be left out: "4070 Ti" for "RTX 4070 Ti", "A4000 Laptop" for "RTX A4000 Laptop".
    const bool series = texts[0] == "rtx" || texts[0] == "gtx" || texts[0] == "rx";
    const bool model =
        texts.size() > 1 &&
        (texts[1] == "a" || (texts[1].size() >= 4 && texts[1][0] >= '0' && texts[1][0] <= '9'));
    if (series && model) add_path({texts.begin() + 1, texts.end()}, device);
  }

  /// pci.ids writes "GeForce RTX 5090 Max-Q / Mobile" and "GeForce RTX 3060 Mobile / Max-Q" for the laptop
  /// parts since the RTX 30, which have no Max-Q devices beside them.
  void add_laptop_spellings(const std::vector<std::string>& texts, uint32_t device) {
    constexpr unsigned first_year = 2021;
    const DeviceSpec& spec = all_devices()[device];
    if (spec.kind != DeviceKind::laptop_gpu || spec.year < first_year || texts.back() != "laptop") return;
    for (const std::vector<std::string>& spelling :
         {std::vector<std::string>{"max", "q", "mobile"}, std::vector<std::string>{"mobile", "max", "q"},
          std::vector<std::string>{"mobile"}}) {
      std::vector<std::string> with(texts.begin(), texts.end() - 1);
      with.insert(with.end(), spelling.begin(), spelling.end());
      add_path(with, device);
    }
  }

  void add_path(const std::vector<std::string>& texts, uint32_t device) {
    uint32_t node = 0;
    Alias alias{"", {}, device};
    for (const std::string& text : texts) {
      const auto word = words_.emplace(text, static_cast<uint32_t>(words_.size())).first->second;
      aliases_with_.resize(words_.size());
      auto& with = aliases_with_[word];
      const auto number = static_cast<uint32_t>(aliases_.size());
      if (with.empty() || with.back() != number) with.push_back(number);
      alias.text += (alias.text.empty() ? "" : " ") + text;
      alias.words.push_back(word);
      const auto [next, made] = next_.emplace(key(node, word), static_cast<uint32_t>(devices_.size()));
      if (made) devices_.emplace_back();
      node = next->second;
    }
    auto& at = devices_[node];
    if (std::find(at.begin(), at.end(), device) == at.end()) at.push_back(device);
    aliases_.push_back(std::move(alias));
  }

  std::unordered_map<std::string, uint32_t> words_;
  std::unordered_map<uint64_t, uint32_t> next_;
  std::vector<std::vector<uint32_t>> devices_{1};  // by node
  std::vector<Alias> aliases_;
  std::vector<std::vector<uint32_t>> aliases_with_;  // by word
};

std::vector<std::string> DeviceIndex::nearest(std::string_view name, size_t most) const {
  constexpr size_t candidates = 400;    // names that share a rare word with the input, and
  constexpr size_t most_of_one = 1500;  // as many of the rarest word, such as "rtx"
  constexpr size_t looked_at = 12;      // how many of them are compared letter by letter
  constexpr size_t longest_text = 100;  // letters of the input that are looked at
  std::string text;
  std::vector<uint32_t> known;
  for (const std::string& word : name_words(name.substr(0, longest_text))) {
    text += (text.empty() ? "" : " ") + word;
    const auto found = words_.find(word);
    if (found != words_.end()) known.push_back(found->second);
  }
  const auto rarer = [&](uint32_t a, uint32_t b) {
    return aliases_with_[a].size() < aliases_with_[b].size();
  };
  std::sort(known.begin(), known.end(), rarer);
  // The names with the rarest words. Those of a word such as "5" alone are far too many to look at.
  std::vector<uint32_t> shared;
  for (const uint32_t word : known) {
    const auto& with = aliases_with_[word];
    if (shared.size() + with.size() > candidates && !shared.empty()) break;
    shared.insert(shared.end(), with.begin(),
                  with.begin() + static_cast<ptrdiff_t>(std::min(with.size(), most_of_one)));
  }
  std::sort(shared.begin(), shared.end());
  shared.erase(std::unique(shared.begin(), shared.end()), shared.end());
  const auto in_common = [&](uint32_t alias) {
    const std::vector<uint32_t>& words = aliases_[alias].words;
    return static_cast<double>(std::count_if(words.begin(), words.end(), [&](uint32_t word) {
      return std::find(known.begin(), known.end(), word) != known.end();
    }));
  };
  std::vector<std::pair<double, uint32_t>> ranked;
  for (const uint32_t alias : shared)
    ranked.emplace_back(static_cast<double>(aliases_[alias].words.size()) - 2.0 * in_common(alias), alias);
  const size_t kept = std::min(ranked.size(), looked_at);
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<ptrdiff_t>(kept), ranked.end());
  ranked.resize(kept);
  // A shared word counts as much as three letters: "RTX 6000" is nearer to "RTX 6000 Ada" than to "RTX 5090".
  for (auto& [rank, alias] : ranked)
    rank = static_cast<double>(edit_distance(text, aliases_[alias].text)) - 3.0 * in_common(alias);
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> names;
  for (const auto& [rank, alias] : ranked) {
    const std::string& device = all_devices()[aliases_[alias].device].name;
    if (names.size() < most && std::find(names.begin(), names.end(), device) == names.end())
      names.push_back(device);
  }
  return names;
}

const DeviceIndex& device_index() {
  static const DeviceIndex index;
  return index;
}

}  // namespace

IndexMatch longest_name(const std::vector<NameWord>& words, size_t first) {
  return device_index().longest(words, first);
}

std::vector<std::string> nearest_devices(std::string_view name, size_t most) {
  return device_index().nearest(name, most);
}

}  // namespace weighin
