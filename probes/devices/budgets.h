// How much of the memory of a catalogue device a model may take, depending on what runs it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "models/text/units.h"
#include "probes/devices/spec.h"

namespace weighin {

/// The bytes of `total` that the operating system of a computer keeps: 255 MiB below 1 GiB, otherwise 25% of
/// the first 4 GiB, 20% of the next 4, 10% of the next 8, 6% of the next 112 and 2% of the rest. Source:
/// Google Kubernetes Engine, "Plan node sizes", the published memory reservation of a node. No narrower
/// figure is published for desktops.
uint64_t system_reserve_bytes(uint64_t total);

/// The bytes of a graphics card that are left free. llama.cpp leaves as many of each device by default
/// (--fit-target 1024 MiB; second-hand, read 2026-11-25).
inline constexpr uint64_t card_reserve_bytes = 1_gib;

/// What runs the model: a program of the operating system, an app under the rules of a phone's system, or a
/// page in a browser.
enum class RunsAs : uint8_t { native, app, browser_tab };
std::string_view runs_as_name(RunsAs runs_as);
inline constexpr std::array all_runs_as{RunsAs::native, RunsAs::app, RunsAs::browser_tab};

/// A budget, the rule that gave it, and the source of the rule.
struct MemoryBudget {
  double gib = 0;  // 0: the memory is not known, or nothing is left of it
  std::string_view rule;
  std::string_view source;
  /// The rule was recalled, or is weighin's own assumption: no source was read for it.
  bool assumed = false;
};

/// The memory that one device with `memory_gib` gives to a model that `part` computes, before anything else
/// runs on it. A GPU never gets all of the memory that it shares with the processor. The budget of a browser
/// tab is that of a runtime whose weights pass through WebAssembly's memory (ONNX Runtime Web, wllama).
MemoryBudget memory_budget(const DeviceSpec& device, DevicePart part, double memory_gib, RunsAs runs_as);

}  // namespace weighin
