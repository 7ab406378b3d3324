#include "probes/devices/budgets.h"

#include <algorithm>

#include "models/text/units.h"

namespace weighin {
namespace {

bool handheld(const DeviceSpec& device) {
  return device.kind == DeviceKind::phone || device.kind == DeviceKind::tablet ||
         device.kind == DeviceKind::soc;
}

/// The budget of an app: min(0.65 total, total - 1.2 GB).
MemoryBudget handheld_budget(double total) {
  return {std::min(0.65 * total, total - in_gib(1.2e9)), "min(0.65 total, total - 1.2 GB)",
          "github.com/a-ghorbani/pocketpal-ai pull request 250 (2025-03), read 2026-11-25", false};
}

MemoryBudget card_budget(double total) {
  return {
      total - in_gib(card_reserve_bytes), "total - 1 GiB",
      "what llama.cpp leaves free of each device unless told otherwise (--fit-target 1024 MiB; second-hand, "
      "read 2026-11-25)",
      false};
}

/// Metal's recommendedMaxWorkingSetSize: 5461 MiB of 8 GB, 10922 MiB of 16 GB, 21845 MiB of 32 GB, 47 to 49
/// GB of 64 GB. macOS 15 reports 11.84 GiB of 16, so two thirds are the lower of the two.
MemoryBudget metal_budget(double total) {
  constexpr double most_of_two_thirds_gib = 36;
  if (total <= most_of_two_thirds_gib)
    return {total * 2 / 3, "2/3 of total",
            "Metal's recommendedMaxWorkingSetSize as logged in llama.cpp 2011 and 5207 and llama-cpp-python "
            "687, read "
            "2026-11-25",
            false};
  return {total * 3 / 4, "3/4 of total",
          "Metal's recommendedMaxWorkingSetSize as logged in llama.cpp 1870 (64 GB), read 2026-11-25", false};
}

/// The part of the processor's memory that the operating system lets a GPU map.
MemoryBudget shared_budget(const DeviceSpec& device, double total) {
  if (device.vendor == "Apple") return metal_budget(total);
  if (device.kind == DeviceKind::unified && device.vendor == "AMD")
    return {total * 3 / 4, "3/4 of total",
            "96 GB of 128 that firmware gives a Strix Halo's GPU (craftrigs.pages.dev, read 2026-11-25); as "
            "Linux "
            "comes, half",
            false};
  return {
      total / 2, "1/2 of total",
      "what Windows shares with a GPU and Linux maps for it (GTT) by default: half of the memory; recalled",
      true};
}

/// A GB10 that is sold with 128 GB shows 121.7 GiB to Linux (nvitop issue 208), of which CUDA finds 101 to
/// 102 GiB free once the system runs.
MemoryBudget nvidia_chip_budget(double total) {
  return {total * 4 / 5, "4/5 of total",
          "101 to 102 GiB free on DGX Sparks of 128 GB (GLM-5.3-Flash-EXL3-2x-DGX-Sparks issue 47, read "
          "2026-11-30)",
          false};
}

MemoryBudget computer_budget(double total) {
  const uint64_t reserve = system_reserve_bytes(static_cast<uint64_t>(total * bytes_per_gib));
  return {
      total - in_gib(reserve), "total less the system's reserve",
      "Google Kubernetes Engine, \"Plan node sizes\", recalled; made for servers, a desktop may keep more",
      true};
}

MemoryBudget native_budget(const DeviceSpec& device, DevicePart part, double total) {
  if (handheld(device)) return handheld_budget(total);
  if (has_own_memory(device.kind)) return card_budget(total);
  const bool nvidia = device.vendor == "NVIDIA";  // its chips' GPUs may allocate all that is free
  if (nvidia && device.kind == DeviceKind::unified) return nvidia_chip_budget(total);
  if (part == DevicePart::cpu || nvidia || device.kind == DeviceKind::board) return computer_budget(total);
  return shared_budget(device, total);
}

MemoryBudget tab_budget(const DeviceSpec& device, const MemoryBudget& native) {
  if (handheld(device) && device.vendor == "Apple" && native.gib > 1.5)
    return {1.5, "1.5 GiB, as long as an app would have more",
            "what Safari lets one page take before it ends it (WebKit bug 268816 by web-llm 753), read "
            "2026-11-25",
            false};
  if (native.gib > 4)
    return {4, "4 GiB: all that 32-bit WebAssembly can address",
            "v8.dev/blog/4gb-wasm-memory, read 2026-11-25", false};
  return native;
}

}  // namespace

uint64_t system_reserve_bytes(uint64_t total) {
  if (total < 1_gib) return std::min(total, 255_mib);
  struct Band {
    uint64_t bytes;
    uint64_t percent;
  };
  constexpr Band bands[] = {{4_gib, 25}, {4_gib, 20}, {8_gib, 10}, {112_gib, 6}};
  uint64_t left = total, reserve = 0;
  for (const Band& band : bands) {
    const uint64_t part = std::min(left, band.bytes);
    reserve += part / 100 * band.percent;
    left -= part;
  }
  return reserve + left / 100 * 2;
}

std::string_view runs_as_name(RunsAs runs_as) {
  switch (runs_as) {
    case RunsAs::native:
      return "native";
    case RunsAs::app:
      return "app";
    case RunsAs::browser_tab:
      return "browser_tab";
  }
  return "";
}

MemoryBudget memory_budget(const DeviceSpec& device, DevicePart part, double memory_gib, RunsAs runs_as) {
  if (memory_gib <= 0) return {0, "none", "the memory is not known", false};
  // Except on a phone or tablet, an app is a program like any other.
  MemoryBudget budget = native_budget(device, part, memory_gib);
  if (runs_as == RunsAs::browser_tab) budget = tab_budget(device, budget);
  budget.gib = std::max(0.0, budget.gib);
  return budget;
}

}  // namespace weighin
