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
#include "probes/devices/name_statements.h"

namespace weighin {
namespace {

std::string sizes_text(const std::vector<double>& sizes) {
  return fmt::format("{} GiB", fmt::join(sizes, " or "));
}

class Resolver {
 public:
  Resolver(std::string_view name, bool explains) : name_(name), explains_(explains), read_(read_name(name)) {}

  tl::expected<NamedDevice, std::string> resolve() {
    if (matches_.empty()) return unknown("");
    take_statements(read_);
    if (const std::string word = unexplained_word({stated_, matches_, read_.used}); !word.empty())
      return unknown(fmt::format("\"{}\" makes it another than the {}", word, first_name()));
    if (const std::string word = contradicting_word({stated_, matches_, read_.used});
        !word.empty() && read_.product.empty())
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
    if (!explains_) return tl::unexpected(std::string());
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
    if (!read_.product.empty())
      assumed_.push_back(
          fmt::format("\"{}\" is not known; the {} answers for it", read_.product, device.name));
    take_memory(device, named);
    named.assumed = assumed_;
    named.recalled = recalled_numbers(device, named.part);
    return named;
  }

  void take_memory(const DeviceSpec& device, NamedDevice& named) {
    if (read_.profile_gib > 0) {
      named.memory_gib = read_.profile_gib;
      named.memory_stated = true;
      assumed_.push_back(
          fmt::format("a virtual GPU with {} GiB has the {} to itself", read_.profile_gib, device.name));
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
  bool explains_;  // an error is a sentence, not empty
  ReadName read_;
  NameWords& stated_ = read_.stated;
  std::vector<NameMatch>& matches_ = read_.matches;
  std::vector<std::string> assumed_;
};

}  // namespace

tl::expected<NamedDevice, std::string> find_device(std::string_view name) {
  return Resolver(name, true).resolve();
}

std::optional<NamedDevice> known_device(std::string_view name) {
  auto found = Resolver(name, false).resolve();
  if (!found) return std::nullopt;
  return std::move(*found);
}

}  // namespace weighin
