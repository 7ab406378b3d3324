#include "probes/devices/name_matches.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "models/text/letters.h"
#include "probes/devices/catalogue.h"
#include "probes/devices/index.h"
#include "probes/devices/vocabulary.h"

namespace weighin {
namespace {

/// Whether two names within one name mean the same thing: a phone and its chip, a processor and its GPU.
bool related(const DeviceSpec& a, const DeviceSpec& b) {
  const auto inside = [](const DeviceSpec& outer, const DeviceSpec& inner) {
    if (outer.chip == inner.name) return true;
    // This does not hold for graphics cards: one die is in several of them, and each is another device.
    if (!outer.chip.empty() && outer.chip == inner.chip && !is_discrete(outer)) return true;
    return !outer.gpu.name.empty() && inner.kind == DeviceKind::integrated_gpu &&
           inner.name.ends_with(outer.gpu.name);
  };
  return &a == &b || inside(a, b) || inside(b, a);
}

}  // namespace

bool is_discrete(const DeviceSpec& device) {
  return !device.cpu.there() && device.usual_part == DevicePart::gpu && !device.unified;
}

std::vector<NameMatch> match_names(const std::vector<NameWord>& words) {
  std::vector<NameMatch> matches;
  for (size_t i = 0; i < words.size();) {
    const IndexMatch match = words[i].consumed ? IndexMatch{} : longest_name(words, i);
    if (match.length == 0) {
      ++i;
      continue;
    }
    NameMatch one{i, i + match.length, {}};
    for (const uint32_t index : *match.devices) one.devices.push_back(&all_devices()[index]);
    matches.push_back(std::move(one));
    i += match.length;
  }
  return matches;
}

void take_laptop_part(const std::vector<NameWord>& words, std::vector<NameMatch>& matches,
                      std::vector<bool>& used) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (!is_laptop_word(words[i].text) || used[i]) continue;
    for (NameMatch& one : matches) {
      if (one.devices.front()->kind == DeviceKind::laptop_gpu) {
        used[i] = true;
        continue;
      }
      std::vector<NameWord> with(words.begin() + static_cast<ptrdiff_t>(one.begin),
                                 words.begin() + static_cast<ptrdiff_t>(one.end));
      with.push_back({"laptop", false, with.back().segment, false});
      const IndexMatch match = longest_name(with, 0);
      if (match.length != with.size()) continue;
      one.devices.clear();
      for (const uint32_t index : *match.devices) one.devices.push_back(&all_devices()[index]);
      used[i] = true;
    }
  }
}

bool reconcile(std::vector<NameMatch>& matches) {
  for (NameMatch& one : matches) {
    for (const NameMatch& other : matches) {
      if (&one == &other) continue;
      Candidates kept;
      for (const DeviceSpec* device : one.devices) {
        const bool any = std::any_of(other.devices.begin(), other.devices.end(),
                                     [&](const DeviceSpec* o) { return related(*device, *o); });
        if (any) kept.push_back(device);
      }
      if (kept.empty()) return false;
      one.devices = std::move(kept);
    }
  }
  return true;
}

}  // namespace weighin
