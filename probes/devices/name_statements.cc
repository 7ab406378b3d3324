#include "probes/devices/name_statements.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "models/text/letters.h"
#include "probes/devices/index.h"

namespace weighin {
namespace {

/// Of a name that is in the catalogue as it stands nothing is a statement: the "Core" of "Galaxy A03 Core".
bool keep_whole_name(ReadName& name) {
  std::vector<NameWord> words = name.stated.words;
  for (NameWord& word : words) word.consumed = false;
  if (words.empty() || longest_name(words, 0).length != words.size()) return false;
  name.stated.words = std::move(words);
  name.stated.count.reset();
  name.stated.mac = false;
  return true;
}

/// Takes the count of "RTX 3090 x2", unless "x2" is part of a name such as EVO-X2.
void take_count_behind(ReadName& name) {
  const size_t size = name.stated.words.size();
  if (name.stated.count || size < 3 || name.used[size - 1] || name.used[size - 2]) return;
  const NameWord &sign = name.stated.words[size - 2], &number = name.stated.words[size - 1];
  if (sign.text != "x" || sign.glued || !number.glued || number.text.size() > 3 || !name.used[size - 3])
    return;
  name.stated.count = static_cast<unsigned>(std::strtoul(number.text.c_str(), nullptr, 10));
  if (*name.stated.count == 0)
    name.stated.count.reset();
  else
    name.used[size - 1] = name.used[size - 2] = true;
}

/// Takes the profile of a virtual GPU, "A40-8Q": a letter for the licence behind the profile's memory.
void take_profile(ReadName& name) {
  const size_t size = name.stated.words.size();
  const DeviceSpec& device = *name.matches.front().devices.front();
  if (size < 3 || name.used[size - 1] || name.used[size - 2] || !name.used[size - 3]) return;
  const NameWord &number = name.stated.words[size - 2], &licence = name.stated.words[size - 1];
  const double gib = std::strtod(number.text.c_str(), nullptr);
  const bool letter = licence.glued && licence.text.size() == 1 &&
                      std::string_view("abcq").find(licence.text.front()) != std::string_view::npos;
  const bool card = device.vendor == "NVIDIA" &&
                    (device.kind == DeviceKind::datacenter_gpu || device.kind == DeviceKind::workstation_gpu);
  if (!letter || number.glued || !card || gib < 1 || device.memory_gib.empty() ||
      gib > device.memory_gib.front())
    return;
  name.profile_gib = gib;
  name.used[size - 1] = name.used[size - 2] = true;
}

/// Takes "20c", "24c/76c" and "16/40" beside a chip of Apple's: its processor's cores, and its GPU's.
void take_apple_cores(ReadName& name) {
  const DeviceSpec& device = *name.matches.front().devices.front();
  if (device.vendor != "Apple" || device.kind != DeviceKind::unified) return;
  std::vector<unsigned> cores;
  std::vector<size_t> places;
  for (size_t i = name.matches.front().end; i < name.stated.words.size(); ++i) {
    const NameWord& word = name.stated.words[i];
    if (name.used[i] || word.consumed || !is_digit(word.text.front())) continue;
    const bool unit = i + 1 < name.stated.words.size() && name.stated.words[i + 1].text == "c" &&
                      name.stated.words[i + 1].glued;
    const bool other_unit =
        i + 1 < name.stated.words.size() && !unit && name.stated.words[i + 1].text.starts_with("g");
    if (other_unit || word.text.size() > 2) continue;
    cores.push_back(static_cast<unsigned>(std::strtoul(word.text.c_str(), nullptr, 10)));
    places.push_back(i);
    if (unit) places.push_back(i + 1);
  }
  if (cores.empty() || cores.size() > 2 || (cores.size() == 1 && places.size() == 1)) return;
  Candidates kept;
  for (const DeviceSpec* one : name.matches.front().devices)
    if (cores.size() == 2 ? (one->cpu.cores == cores[0] || one->cpu.cores == 0) && one->gpu.cores == cores[1]
                          : one->gpu.cores == cores[0] || one->cpu.cores == cores[0])
      kept.push_back(one);
  if (kept.empty()) return;
  name.matches.front().devices = std::move(kept);
  for (const size_t place : places) name.used[place] = true;
}

/// Of "8GB 256GB" beside a phone, or "16GB 512GB" beside a Mac, the storage is no memory.
void take_storage(ReadName& name) {
  std::vector<double>& sizes = name.stated.memory_gib;
  const DeviceSpec& device = *name.matches.front().devices.front();
  const bool handheld = device.kind == DeviceKind::phone || device.kind == DeviceKind::tablet;
  constexpr double most_of_handhelds_gib = 24;  // no phone or tablet of the catalogue has more
  if (handheld) std::erase_if(sizes, [&](double size) { return size > most_of_handhelds_gib; });
  if (sizes.size() < 2) return;
  const auto sold = std::find_if(sizes.begin(), sizes.end(), [&](double size) {
    return std::any_of(name.matches.front().devices.begin(), name.matches.front().devices.end(),
                       [&](const DeviceSpec* one) { return sold_with(*one, size); });
  });
  sizes = {sold == sizes.end() ? sizes.front() : *sold};
}

/// "Foo 12 (Snapdragon 8 Gen 3)": whether a phone that the catalogue lacks is named with its chip. Its
/// words then count as explained.
void chip_stands_for_product(ReadName& name) {
  constexpr size_t series_letters = 5;  // "dimensity", "snapdragon", "exynos", "kirin", "helio"
  const NameMatch& first = name.matches.front();
  const NameWord& series = name.stated.words[first.begin];
  if (first.devices.front()->kind != DeviceKind::soc || first.end - first.begin < 2) return;
  if (series.text.size() < series_letters || is_digit(series.text.front()) || series.segment == 0) return;
  for (size_t i = 0; i < first.begin; ++i) {
    if (name.used[i] || name.stated.words[i].consumed || name.stated.words[i].segment == series.segment)
      continue;
    name.product += (name.product.empty() ? "" : " ") + name.stated.words[i].text;
    name.used[i] = true;
  }
}

}  // namespace

/// Sizes are rounded, and drivers print less memory than is sold.
bool same_size(double stated, double sold) {
  return std::abs(stated - sold) <= 0.06 * sold;
}

bool sold_with(const DeviceSpec& device, double memory_gib) {
  return device.memory_gib.empty() || std::any_of(device.memory_gib.begin(), device.memory_gib.end(),
                                                  [&](double size) { return same_size(memory_gib, size); });
}

ReadName read_name(std::string_view text) {
  ReadName name;
  name.stated = device_words(text);
  const bool whole = keep_whole_name(name);
  name.matches = match_names(name.stated.words);
  // The 480 GB of "GH200 480GB" are those of its processor.
  const auto sold = [&](double gib) {
    return std::any_of(name.matches.front().devices.begin(), name.matches.front().devices.end(),
                       [&](const DeviceSpec* device) { return sold_with(*device, gib); });
  };
  if (whole) std::erase_if(name.stated.memory_gib, [&](double gib) { return !sold(gib); });
  name.used.assign(name.stated.words.size(), false);
  for (const NameMatch& one : name.matches)
    std::fill(name.used.begin() + static_cast<ptrdiff_t>(one.begin),
              name.used.begin() + static_cast<ptrdiff_t>(one.end), true);
  return name;
}

void take_statements(ReadName& name) {
  take_laptop_part(name.stated.words, name.matches, name.used);
  take_count_behind(name);
  take_profile(name);
  take_apple_cores(name);
  take_storage(name);
  chip_stands_for_product(name);
}

}  // namespace weighin
