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
    matches_ = match_names(stated_.words);
    used_.assign(stated_.words.size(), false);
    for (const NameMatch& one : matches_)
      std::fill(used_.begin() + static_cast<ptrdiff_t>(one.begin),
                used_.begin() + static_cast<ptrdiff_t>(one.end), true);
    if (matches_.empty()) return unknown("");
    take_laptop_part(stated_.words, matches_, used_);
    take_count_behind();
    if (const std::string word = unexplained_word(stated_.words, matches_, used_); !word.empty())
      return unknown(word);
    if (!reconcile(matches_)) {
      if (!choose_part_of_pair()) return two_devices();
    }
    Candidates devices = matches_.front().devices;
    // A product says more than its chip: how much memory it has.
    for (const NameMatch& one : matches_)
      if (!one.devices.front()->memory_gib.empty() && devices.front()->memory_gib.empty())
        devices = one.devices;
    if (auto wrong = keep_stated(devices); !wrong.empty()) return tl::unexpected(wrong);
    return answer(devices);
  }

 private:
  tl::unexpected<std::string> unknown(const std::string& word) const {
    std::string text = fmt::format("no device is known as \"{}\"", name_);
    if (!word.empty())
      text +=
          fmt::format(" (\"{}\" makes it another than the {})", word, matches_.front().devices.front()->name);
    const auto near = nearest_devices(name_);
    if (!near.empty()) text += fmt::format("; the nearest are {}", fmt::join(near, ", "));
    return tl::unexpected(text +
                          "; to describe it, give its memory bandwidth, its memory and, for prefill, its "
                          "peak fp16 arithmetic: --bandwidth 120GB/s --memory 16GiB --tflops 8");
  }

  tl::unexpected<std::string> two_devices() const {
    return tl::unexpected(
        fmt::format("\"{}\" names two devices, the {} and the {}; name the one that computes", name_,
                    matches_.front().devices.front()->name, matches_.back().devices.front()->name));
  }

  /// Takes the count of "RTX 3090 x2", unless "x2" is part of a name such as EVO-X2.
  void take_count_behind() {
    const size_t size = stated_.words.size();
    if (stated_.count || size < 3 || used_[size - 1] || used_[size - 2]) return;
    const NameWord &sign = stated_.words[size - 2], &number = stated_.words[size - 1];
    if (sign.text != "x" || sign.glued || !number.glued || number.text.size() > 3) return;
    stated_.count = static_cast<unsigned>(std::strtoul(number.text.c_str(), nullptr, 10));
    if (*stated_.count == 0)
      stated_.count.reset();
    else
      used_[size - 1] = used_[size - 2] = true;
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
    if (!stated_.memory_gib) return "";
    std::vector<double> sizes;
    for (const DeviceSpec* device : devices) {
      if (sold_with(*device, *stated_.memory_gib)) kept.push_back(device);
      sizes.insert(sizes.end(), device->memory_gib.begin(), device->memory_gib.end());
    }
    if (!kept.empty()) {
      devices = kept;
    } else if (is_discrete(*devices.front())) {
      return fmt::format("\"{}\": the {} has {}, not {}", name_, devices.front()->name, sizes_text(sizes),
                         *stated_.memory_gib);
    }
    return "";
  }

  NamedDevice answer(const Candidates& devices) {
    NamedDevice named;
    const DeviceSpec& device = *devices.front();
    named.device = &device;
    named.count = stated_.count.value_or(1);
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
    note_unknown_product();
    take_memory(device, named);
    named.assumed = assumed_;
    named.recalled = recalled_numbers(device, named.part);
    return named;
  }

  /// "Foo 12 (Snapdragon 8 Gen 3)": the catalogue lacks the phone, so its chip stands in for it.
  void note_unknown_product() {
    const NameMatch& first = matches_.front();
    std::string product;
    for (size_t i = 0; i < first.begin; ++i) {
      const NameWord& word = stated_.words[i];
      if (used_[i] || word.consumed || word.segment == stated_.words[first.begin].segment) continue;
      product += (product.empty() ? "" : " ") + word.text;
    }
    if (!product.empty())
      assumed_.push_back(
          fmt::format("\"{}\" is not known; the {} answers for it", product, first.devices.front()->name));
  }

  void take_memory(const DeviceSpec& device, NamedDevice& named) {
    if (stated_.memory_gib) {
      named.memory_gib = *stated_.memory_gib;
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
  std::vector<std::string> assumed_;
};

}  // namespace

tl::expected<NamedDevice, std::string> find_device(std::string_view name) {
  return Resolver(name).resolve();
}

}  // namespace weighin
