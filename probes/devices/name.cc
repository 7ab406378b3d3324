#include "probes/devices/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "models/text/letters.h"
#include "probes/devices/catalogue.h"
#include "probes/devices/explained.h"
#include "probes/devices/index.h"
#include "probes/devices/name_matches.h"
#include "probes/devices/words.h"

namespace weighin {
namespace {

std::string sizes_text(const std::vector<double>& sizes) {
  return fmt::format("{} GiB", fmt::join(sizes, " or "));
}

/// Sizes are rounded, and drivers print less memory than is sold.
bool same_size(double stated, double sold) {
  return std::abs(stated - sold) <= 0.06 * sold;
}

bool sold_with(const DeviceSpec& device, double memory_gib) {
  return device.memory_gib.empty() || std::any_of(device.memory_gib.begin(), device.memory_gib.end(),
                                                  [&](double size) { return same_size(memory_gib, size); });
}

class Resolver {
 public:
  explicit Resolver(std::string_view name) : name_(name), stated_(device_words(name)) {}

  tl::expected<NamedDevice, std::string> resolve() {
    keep_whole_name();
    matches_ = match_names(stated_.words);
    used_.assign(stated_.words.size(), false);
    for (const NameMatch& one : matches_)
      std::fill(used_.begin() + static_cast<ptrdiff_t>(one.begin),
                used_.begin() + static_cast<ptrdiff_t>(one.end), true);
    if (matches_.empty()) return unknown("");
    take_laptop_part(stated_.words, matches_, used_);
    take_count_behind();
    take_profile();
    take_apple_cores();
    take_storage();
    const bool product = chip_stands_for_product();
    if (const std::string word = unexplained_word({stated_, matches_, used_}); !word.empty())
      return unknown(fmt::format("\"{}\" makes it another than the {}", word, first_name()));
    if (const std::string word = contradicting_word({stated_, matches_, used_}); !word.empty() && !product)
      return unknown(fmt::format("the {} is not of \"{}\"", first_name(), word));
    if (!reconcile(matches_)) {
      if (!choose_part_of_pair()) return two_devices();
    }
    Candidates devices = matches_.front().devices;
    // A product says more than its chip: how much memory it has.
    for (const NameMatch& one : matches_)
      if (!one.devices.front()->memory_gib.empty() && devices.front()->memory_gib.empty())
        devices = one.devices;
    if (stated_.mac && devices.front()->vendor != "Apple")
      return unknown(fmt::format("the {} is no Mac", devices.front()->name));
    if (auto wrong = keep_stated(devices); !wrong.empty()) return tl::unexpected(wrong);
    for (const DeviceSpec* device : devices)
      if (device->vendor != devices.front()->vendor &&
          (device->chip.empty() || device->chip != devices.front()->chip))
        return two_devices(*devices.front(), *device);
    return answer(devices);
  }

 private:
  const std::string& first_name() const { return matches_.front().devices.front()->name; }

  tl::unexpected<std::string> unknown(const std::string& why) const {
    std::string text = fmt::format("no device is known as \"{}\"", name_);
    if (!why.empty()) text += fmt::format(" ({})", why);
    const auto near = nearest_devices(name_);
    if (!near.empty()) text += fmt::format("; the nearest are {}", fmt::join(near, ", "));
    return tl::unexpected(text +
                          "; to describe it, give its memory bandwidth, its memory and, for prefill, its "
                          "peak fp16 arithmetic: --bandwidth 120GB/s --memory 16GiB --tflops 8");
  }

  tl::unexpected<std::string> two_devices() const {
    return two_devices(*matches_.front().devices.front(), *matches_.back().devices.front());
  }

  tl::unexpected<std::string> two_devices(const DeviceSpec& one, const DeviceSpec& other) const {
    return tl::unexpected(
        fmt::format("\"{}\" names two devices, the {} and the {}; name the one that computes", name_,
                    one.name, other.name));
  }

  /// Of a name that is in the catalogue as it stands nothing is a statement: the "Core" of "Galaxy A03 Core".
  void keep_whole_name() {
    std::vector<NameWord> words = stated_.words;
    for (NameWord& word : words) word.consumed = false;
    if (words.empty() || longest_name(words, 0).length != words.size()) return;
    stated_.words = std::move(words);
    stated_.count.reset();
    stated_.mac = false;
  }

  /// Takes the count of "RTX 3090 x2", unless "x2" is part of a name such as EVO-X2.
  void take_count_behind() {
    const size_t size = stated_.words.size();
    if (stated_.count || size < 3 || used_[size - 1] || used_[size - 2]) return;
    const NameWord &sign = stated_.words[size - 2], &number = stated_.words[size - 1];
    if (sign.text != "x" || sign.glued || !number.glued || number.text.size() > 3 || !used_[size - 3]) return;
    stated_.count = static_cast<unsigned>(std::strtoul(number.text.c_str(), nullptr, 10));
    if (*stated_.count == 0)
      stated_.count.reset();
    else
      used_[size - 1] = used_[size - 2] = true;
  }

  /// Takes the profile of a virtual GPU, "A40-8Q": a letter for the licence behind the profile's memory.
  void take_profile() {
    const size_t size = stated_.words.size();
    const DeviceSpec& device = *matches_.front().devices.front();
    if (size < 3 || used_[size - 1] || used_[size - 2] || !used_[size - 3]) return;
    const NameWord &number = stated_.words[size - 2], &licence = stated_.words[size - 1];
    const double gib = std::strtod(number.text.c_str(), nullptr);
    const bool letter = licence.glued && licence.text.size() == 1 &&
                        std::string_view("abcq").find(licence.text.front()) != std::string_view::npos;
    const bool card = device.vendor == "NVIDIA" && (device.kind == DeviceKind::datacenter_gpu ||
                                                    device.kind == DeviceKind::workstation_gpu);
    if (!letter || number.glued || !card || gib < 1 || device.memory_gib.empty() ||
        gib > device.memory_gib.front())
      return;
    profile_gib_ = gib;
    used_[size - 1] = used_[size - 2] = true;
  }

  /// Takes "20c", "24c/76c" and "16/40" beside a chip of Apple's: its processor's cores, and its GPU's.
  void take_apple_cores() {
    const DeviceSpec& device = *matches_.front().devices.front();
    if (device.vendor != "Apple" || device.kind != DeviceKind::unified) return;
    std::vector<unsigned> cores;
    std::vector<size_t> places;
    for (size_t i = matches_.front().end; i < stated_.words.size(); ++i) {
      const NameWord& word = stated_.words[i];
      if (used_[i] || word.consumed || !is_digit(word.text.front())) continue;
      const bool unit =
          i + 1 < stated_.words.size() && stated_.words[i + 1].text == "c" && stated_.words[i + 1].glued;
      const bool other_unit =
          i + 1 < stated_.words.size() && !unit && stated_.words[i + 1].text.starts_with("g");
      if (other_unit || word.text.size() > 2) continue;
      cores.push_back(static_cast<unsigned>(std::strtoul(word.text.c_str(), nullptr, 10)));
      places.push_back(i);
      if (unit) places.push_back(i + 1);
    }
    if (cores.empty() || cores.size() > 2 || (cores.size() == 1 && places.size() == 1)) return;
    Candidates kept;
    for (const DeviceSpec* one : matches_.front().devices)
      if (cores.size() == 2
              ? (one->cpu.cores == cores[0] || one->cpu.cores == 0) && one->gpu.cores == cores[1]
              : one->gpu.cores == cores[0] || one->cpu.cores == cores[0])
        kept.push_back(one);
    if (kept.empty()) return;
    matches_.front().devices = std::move(kept);
    for (const size_t place : places) used_[place] = true;
  }

  /// Of "8GB 256GB" beside a phone, or "16GB 512GB" beside a Mac, the storage is no memory.
  void take_storage() {
    std::vector<double>& sizes = stated_.memory_gib;
    const DeviceSpec& device = *matches_.front().devices.front();
    const bool handheld = device.kind == DeviceKind::phone || device.kind == DeviceKind::tablet;
    constexpr double most_of_handhelds_gib = 24;  // no phone or tablet of the catalogue has more
    if (handheld) std::erase_if(sizes, [&](double size) { return size > most_of_handhelds_gib; });
    if (sizes.size() < 2) return;
    const auto sold = std::find_if(sizes.begin(), sizes.end(), [&](double size) {
      return std::any_of(matches_.front().devices.begin(), matches_.front().devices.end(),
                         [&](const DeviceSpec* one) { return sold_with(*one, size); });
    });
    sizes = {sold == sizes.end() ? sizes.front() : *sold};
  }

  /// "Foo 12 (Snapdragon 8 Gen 3)": whether a phone that the catalogue lacks is named with its chip. Its
  /// words then count as explained.
  bool chip_stands_for_product() {
    constexpr size_t series_letters = 5;  // "dimensity", "snapdragon", "exynos", "kirin", "helio"
    const NameMatch& first = matches_.front();
    const NameWord& series = stated_.words[first.begin];
    if (first.devices.front()->kind != DeviceKind::soc || first.end - first.begin < 2) return false;
    if (series.text.size() < series_letters || is_digit(series.text.front()) || series.segment == 0)
      return false;
    for (size_t i = 0; i < first.begin; ++i) {
      if (used_[i] || stated_.words[i].consumed || stated_.words[i].segment == series.segment) continue;
      product_ += (product_.empty() ? "" : " ") + stated_.words[i].text;
      used_[i] = true;
    }
    return !product_.empty();
  }

  /// Chooses between a processor and a GPU beside it: the part that the name states, otherwise the GPU.
  bool choose_part_of_pair() {
    const bool want_gpu = stated_.part != DevicePart::cpu;
    std::vector<NameMatch> kept;
    for (const NameMatch& one : matches_)
      if (is_discrete(*one.devices.front()) == want_gpu) kept.push_back(one);
    if (kept.empty() || kept.size() == matches_.size()) return false;
    if (!reconcile(kept)) return false;
    if (!stated_.part) assumed_.push_back(fmt::format("the GPU computes, not the processor beside it"));
    matches_ = std::move(kept);
    return true;
  }

  /// Drops the devices that lack the stated GPU cores or memory. Returns why none is left; empty if some are.
  std::string keep_stated(Candidates& devices) const {
    Candidates kept;
    std::copy_if(devices.begin(), devices.end(), std::back_inserter(kept),
                 [&](const DeviceSpec* device) { return same_letters(device->vendor, stated_.vendor); });
    if (!kept.empty()) devices = std::exchange(kept, {});
    if (stated_.gpu_cores) {
      std::vector<unsigned> there;
      for (const DeviceSpec* device : devices) {
        if (device->gpu.cores == *stated_.gpu_cores || device->gpu.cores == 0) kept.push_back(device);
        there.push_back(device->gpu.cores);
      }
      if (kept.empty())
        return fmt::format("\"{}\": the {} has {} GPU cores, not {}", name_,
                           matches_.front().devices.front()->chip, fmt::join(there, " or "),
                           *stated_.gpu_cores);
      devices = std::exchange(kept, {});
    }
    if (stated_.cores) {
      std::copy_if(devices.begin(), devices.end(), std::back_inserter(kept), [&](const DeviceSpec* device) {
        return device->gpu.cores == *stated_.cores || device->cpu.cores == *stated_.cores;
      });
      if (!kept.empty()) devices = std::exchange(kept, {});
    }
    if (stated_.memory_gib.empty()) return "";
    const double memory_gib = stated_.memory_gib.back();
    std::vector<double> sizes;
    for (const DeviceSpec* device : devices) {
      if (sold_with(*device, memory_gib)) kept.push_back(device);
      sizes.insert(sizes.end(), device->memory_gib.begin(), device->memory_gib.end());
    }
    if (!kept.empty()) {
      devices = kept;
    } else if (is_discrete(*devices.front())) {
      return fmt::format("\"{}\": the {} has {}, not {}", name_, devices.front()->name, sizes_text(sizes),
                         memory_gib);
    }
    return "";
  }

  NamedDevice answer(const Candidates& devices) {
    NamedDevice named;
    const DeviceSpec& device = *devices.front();
    named.device = &device;
    named.count = stated_.count.value_or(1) * device.count;
    named.part = device.usual_part;
    for (const NameMatch& one : matches_)
      if (one.devices.front()->kind == DeviceKind::integrated_gpu) named.part = DevicePart::gpu;
    if (stated_.part &&
        (part_of(device, *stated_.part).there() || *stated_.part != DevicePart::gpu || !device.gpu.there())) {
      named.part = *stated_.part;
      named.part_stated = true;
    }
    if (!part_of(device, named.part).there() && named.part != DevicePart::cpu)
      assumed_.push_back(fmt::format("nothing is known of the {}'s {} but the memory it draws on",
                                     device.name, device_part_name(named.part)));
    for (size_t i = 1; i < devices.size(); ++i)
      assumed_.push_back(fmt::format("the {}, not the {}", device.name, devices[i]->name));
    if (!product_.empty())
      assumed_.push_back(fmt::format("\"{}\" is not known; the {} answers for it", product_, device.name));
    take_memory(device, named);
    named.assumed = assumed_;
    named.recalled = recalled_numbers(device, named.part);
    return named;
  }

  void take_memory(const DeviceSpec& device, NamedDevice& named) {
    if (profile_gib_ > 0) {
      named.memory_gib = profile_gib_;
      named.memory_stated = true;
      assumed_.push_back(
          fmt::format("a virtual GPU with {} GiB has the {} to itself", profile_gib_, device.name));
      return;
    }
    if (!stated_.memory_gib.empty()) {
      named.memory_gib = stated_.memory_gib.back();
      named.memory_stated = true;
      for (const double size : device.memory_gib)
        if (same_size(named.memory_gib, size)) named.memory_gib = size;
      if (!sold_with(device, named.memory_gib))
        assumed_.push_back(fmt::format("{} GiB, though the {} is listed with {}", named.memory_gib,
                                       device.name, sizes_text(device.memory_gib)));
      return;
    }
    if (device.memory_gib.empty()) return;
    named.memory_gib = device.memory_gib.front();
    if (device.memory_gib.size() > 1)
      assumed_.push_back(
          fmt::format("{} GiB of memory, of {}", named.memory_gib, sizes_text(device.memory_gib)));
  }

  std::string_view name_;
  NameWords stated_;
  std::vector<NameMatch> matches_;
  std::vector<bool> used_;  // for each word: it is part of a match
  double profile_gib_ = 0;  // memory of a virtual GPU
  std::string product_;     // an unknown product that is named with its chip
  std::vector<std::string> assumed_;
};

}  // namespace

tl::expected<NamedDevice, std::string> find_device(std::string_view name) {
  return Resolver(name).resolve();
}

}  // namespace weighin
