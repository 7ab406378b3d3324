#include "results/capacity/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/memory/memory.h"

namespace weighin {
namespace {

using Gpus = std::vector<const GpuCapacity*>;

constexpr std::array all_places{PlaceAsked::automatic, PlaceAsked::cpu, PlaceAsked::gpu, PlaceAsked::split};

Placement all_on_cpu(const PlacedModel& model) {
  return {.layers = model.layers.layers(),
          .gpus = {},
          .cpu_bytes = model.memory.needed_bytes(),
          .memory = model.memory};
}

bool fits_on_gpus(const Placement& placement) {
  return std::all_of(placement.gpus.begin(), placement.gpus.end(),
                     [](const GpuShare& share) { return share.bytes <= share.gpu.memory_bytes; });
}

/// The placement with the most layers on the GPUs that fits, where at least one layer stays on the CPU.
/// Empty: not even one layer fits on the GPUs, or the machine's memory does not hold the others.
std::optional<Placement> most_that_fits(const PlacedModel& model, const Gpus& gpus, uint64_t machine_bytes) {
  // Fewer layers take fewer bytes, so the first placement that fits is found by halving the range.
  uint32_t too_many = 0, few_enough = model.layers.layers() + 1;
  while (few_enough - too_many > 1) {
    const uint32_t middle = too_many + (few_enough - too_many) / 2;
    (fits_on_gpus(place(model, gpus, middle)) ? few_enough : too_many) = middle;
  }
  if (few_enough > model.layers.layers()) return std::nullopt;
  Placement placement = place(model, gpus, few_enough);
  if (!fits_in_memory(placement, machine_bytes)) return std::nullopt;
  return placement;
}

/// The groups of GPUs to try: each one alone, and together those that have memory of their own. A unified
/// GPU takes from the machine's memory, so that adding it to a group gains nothing.
std::vector<Gpus> groups_of(std::span<const GpuCapacity* const> gpus) {
  std::vector<Gpus> groups;
  Gpus own;
  for (const GpuCapacity* gpu : gpus) {
    if (gpu->memory_bytes == 0) continue;
    groups.push_back({gpu});
    if (!gpu->unified) own.push_back(gpu);
  }
  if (own.size() > 1) groups.push_back(std::move(own));
  return groups;
}

}  // namespace

std::string_view place_name(PlaceAsked place) {
  switch (place) {
    case PlaceAsked::automatic:
      return "auto";
    case PlaceAsked::cpu:
      return "cpu";
    case PlaceAsked::gpu:
      return "gpu";
    case PlaceAsked::split:
      return "split";
  }
  return "";
}

std::optional<PlaceAsked> find_place(std::string_view name) {
  for (const PlaceAsked place : all_places)
    if (place_name(place) == name) return place;
  return std::nullopt;
}

uint64_t Placement::gpu_bytes() const {
  uint64_t bytes = 0;
  for (const GpuShare& share : gpus) bytes += share.bytes;
  return bytes;
}

uint64_t Placement::machine_bytes() const {
  uint64_t bytes = cpu_bytes;
  for (const GpuShare& share : gpus) bytes += share.gpu.unified ? share.bytes : 0;
  return bytes;
}

std::string placement_name(const Placement& placement) {
  if (placement.on_cpu()) return "cpu";
  std::string names;
  for (const GpuShare& share : placement.gpus) names += (names.empty() ? "" : " + ") + share.gpu.name;
  std::string text = (placement.gpus.size() > 1 ? "gpus " : "gpu ") + names;
  if (placement.cpu_layers() > 0)
    text += fmt::format(" {} of {} layers + cpu", placement.gpu_layers(), placement.layers + 1);
  return text;
}

std::string placement_sign(const Placement& placement) {
  if (placement.on_cpu()) return "cpu";
  std::string text = placement.gpus.size() > 1 ? fmt::format("{} gpus", placement.gpus.size()) : "gpu";
  if (placement.cpu_layers() > 0) text += fmt::format(" {}/{}", placement.gpu_layers(), placement.layers + 1);
  return text;
}

Placement place(const PlacedModel& model, std::span<const GpuCapacity* const> gpus, uint32_t first) {
  const llamacpp::LayerBytes& bytes = model.layers;
  Placement placement{.layers = bytes.layers(), .gpus = {}, .cpu_bytes = 0, .memory = model.memory};
  llamacpp::SideBytes on_gpus;
  std::vector<uint64_t> usable;
  for (const GpuCapacity* gpu : gpus) usable.push_back(gpu->memory_bytes);
  uint32_t begin = first;
  const std::vector<uint32_t> ends = llamacpp::ends_by_memory(bytes.layers(), first, usable);
  for (size_t i = 0; i < gpus.size(); ++i) {
    if (begin >= ends[i]) continue;
    const llamacpp::SideBytes side = llamacpp::gpu_side(bytes, begin, ends[i]);
    placement.gpus.push_back({*gpus[i], begin, ends[i], side.all()});
    begin = ends[i];
    on_gpus.weights += side.weights;
    on_gpus.kv += side.kv;
    on_gpus.compute += side.compute;
  }
  const llamacpp::SideBytes cpu = llamacpp::cpu_side(bytes, first);
  placement.memory.weights_bytes = cpu.weights + on_gpus.weights;
  placement.memory.kv_bytes = cpu.kv + on_gpus.kv;
  // In the machine's memory only touched pages count. The buffers of a GPU are held whole.
  placement.memory.workspace_bytes = (cpu.compute ? model.memory.workspace_bytes : 0) + on_gpus.compute;
  placement.cpu_bytes = placement.memory.needed_bytes() - on_gpus.all();
  return placement;
}

bool fits_in_memory(const Placement& placement, uint64_t machine_bytes) {
  return placement.machine_bytes() <= machine_bytes && fits_on_gpus(placement);
}

uint32_t largest_context(const ModelShape& shape, const FileFormat& format, const Placement& placement,
                         uint64_t machine_bytes, MemorySettings settings) {
  Gpus gpus;
  for (const GpuShare& share : placement.gpus) gpus.push_back(&share.gpu);
  const auto fits = [&](uint32_t context) {
    settings.context = context;
    const MemoryUse memory = memory_use(shape, format, settings);
    const PlacedModel model{llamacpp::layer_bytes(shape, format, settings, memory.compute_bytes), memory};
    return fits_in_memory(place(model, gpus, placement.cpu_layers()), machine_bytes);
  };
  if (shape.max_context == 0 || fits(shape.max_context)) return shape.max_context;
  // The memory grows with each step of tokens, so the largest context is found by halving the range.
  uint32_t low = 0, high = shape.max_context / context_step + 1;
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    (fits(middle * context_step) ? low : high) = middle;
  }
  return low * context_step;
}

std::vector<Placement> placements(const PlacedModel& model, std::span<const GpuCapacity* const> gpus,
                                  uint64_t machine_bytes, PlaceAsked asked) {
  const bool any = asked == PlaceAsked::automatic;
  std::vector<Placement> found;
  if (any || asked == PlaceAsked::cpu) found.push_back(all_on_cpu(model));
  if (model.layers.layers() == 0) return found;  // an encoder-decoder's layers, say, are not known one by one
  for (const Gpus& group : groups_of(gpus)) {
    Placement whole = place(model, group, 0);
    const bool fits = fits_in_memory(whole, machine_bytes);
    if (any || asked == PlaceAsked::gpu) found.push_back(std::move(whole));
    if (asked == PlaceAsked::split || (any && !fits)) {
      if (auto split = most_that_fits(model, group, machine_bytes))
        found.push_back(std::move(*split));
      else if (asked == PlaceAsked::split)
        found.push_back(place(model, group, model.layers.layers()));  // the head alone, to say what it lacks
    }
  }
  return found;
}

}  // namespace weighin
