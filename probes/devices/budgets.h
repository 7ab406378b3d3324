// How much of a catalogue device's memory a model may take, by what it runs as.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "models/text/units.h"
#include "probes/devices/spec.h"

namespace weighin {

/// Bytes of `total` that a computer's system keeps: 255 MiB below 1 GiB, else 25% of the first 4 GiB, 20% of
/// the next 4, 10% of the next 8, 6% of the next 112 and 2% above. Source: Google Kubernetes Engine, "Plan
/// node sizes", the published memory reservation of a node; no narrower figure is published for desktops.
uint64_t system_reserve_bytes(uint64_t total);

/// Bytes of a graphics card that are left free: what llama.cpp leaves of each device unless told otherwise
/// (--fit-target 1024 MiB; second-hand, read 2026-11-25).
inline constexpr uint64_t card_reserve_bytes = 1_gib;

/// What runs the model: a program of the system's own, an app under its system's rules, a page in a browser.
enum class RunsAs : uint8_t { native, app, browser_tab };
std::string_view runs_as_name(RunsAs runs_as);
inline constexpr std::array all_runs_as{RunsAs::native, RunsAs::app, RunsAs::browser_tab};

/// A budget, the rule that gave it, and where the rule is from.
struct MemoryBudget {
  double gib = 0;  // 0: the memory is not known, or leaves nothing
  std::string_view rule;
  std::string_view source;
  /// The rule was recalled or is weighin's own assumption: no source was read for it.
  bool assumed = false;
};

/// What one device of `memory_gib` gives to a model that `part` computes; of its memory, before anything else
/// runs on it. Memory that processor and GPU share is never all the GPU's. Of a browser tab it is that of a
/// runtime whose weights pass through WebAssembly's memory (ONNX Runtime Web, wllama).
MemoryBudget memory_budget(const DeviceSpec& device, DevicePart part, double memory_gib, RunsAs runs_as);

}  // namespace weighin
