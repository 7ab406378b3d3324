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
    size_t length = 0;  // in words
    uint32_t device = 0;
  };

  static uint64_t key(uint32_t node, uint32_t word) { return uint64_t{node} << 32 | word; }

  void add(std::string_view name, uint32_t device) {
    std::vector<std::string> texts = name_words(name);
    if (texts.empty()) return;
    add_path(texts, device);
    // The series may be left out: "4070 Ti" for "RTX 4070 Ti", "A4000 Laptop" for "RTX A4000 Laptop".
    const bool series = texts[0] == "rtx" || texts[0] == "gtx" || texts[0] == "rx";
    const bool model =
        texts.size() > 1 &&
        (texts[1] == "a" || (texts[1].size() >= 4 && texts[1][0] >= '0' && texts[1][0] <= '9'));
    if (series && model) add_path({texts.begin() + 1, texts.end()}, device);
  }

  void add_path(const std::vector<std::string>& texts, uint32_t device) {
    uint32_t node = 0;
    Alias alias{"", texts.size(), device};
    for (const std::string& text : texts) {
      const auto word = words_.emplace(text, static_cast<uint32_t>(words_.size())).first->second;
      aliases_with_.resize(words_.size());
      auto& with = aliases_with_[word];
      const auto number = static_cast<uint32_t>(aliases_.size());
      if (with.empty() || with.back() != number) with.push_back(number);
      alias.text += (alias.text.empty() ? "" : " ") + text;
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
  constexpr size_t looked_at = 24;      // how many names are compared letter by letter
  constexpr size_t longest_text = 100;  // letters of the input that are looked at
  std::string text;
  std::unordered_map<uint32_t, size_t> shared;  // words in common, by alias
  for (const std::string& word : name_words(name.substr(0, longest_text))) {
    text += (text.empty() ? "" : " ") + word;
    const auto known = words_.find(word);
    if (known == words_.end()) continue;
    for (const uint32_t alias : aliases_with_[known->second]) ++shared[alias];
  }
  std::vector<std::pair<double, uint32_t>> ranked;
  for (const auto& [alias, count] : shared)
    ranked.emplace_back(static_cast<double>(aliases_[alias].length) - 2.0 * static_cast<double>(count),
                        alias);
  const size_t kept = std::min(ranked.size(), looked_at);
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<ptrdiff_t>(kept), ranked.end());
  ranked.resize(kept);
  // A shared word counts as much as three letters: "RTX 6000" is nearer to "RTX 6000 Ada" than to "RTX 5090".
  for (auto& [rank, alias] : ranked)
    rank = static_cast<double>(edit_distance(text, aliases_[alias].text)) -
           3.0 * static_cast<double>(shared[alias]);
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
