// Where a model's layers may lie: on the CPU, on a GPU, over both, over several GPUs; in bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/llamacpp/split.h"
#include "results/capacity/capacity.h"

namespace weighin {

/// Which placements may be answered with. `gpu`: all layers on GPUs; `split`: some, and the rest on the CPU.
enum class PlaceAsked : uint8_t { automatic, cpu, gpu, split };
std::string_view place_name(PlaceAsked place);  // "auto", "cpu", "gpu", "split"
std::optional<PlaceAsked> find_place(std::string_view name);

/// The layers from `first` up to, and without, `end` on one GPU; the output head is one more after the last.
struct GpuShare {
  GpuCapacity gpu;
  uint32_t first = 0, end = 0;
  uint64_t bytes = 0;
};

/// One way to lay a model out. llama.cpp's: the first layers and the embeddings on the CPU, the rest and the
/// head on GPUs (models/llamacpp/split.h).
struct Placement {
  uint32_t layers = 0;         // of the model
  std::vector<GpuShare> gpus;  // in the order of the layers; none: all on the CPU
  uint64_t cpu_bytes = 0;      // in the machine's memory, with the program itself
  MemoryUse memory;            // of all sides together

  bool on_cpu() const { return gpus.empty(); }
  uint32_t cpu_layers() const { return on_cpu() ? layers + 1 : gpus.front().first; }
  /// As llama.cpp's --n-gpu-layers counts them: with the head.
  uint32_t gpu_layers() const { return layers + 1 - cpu_layers(); }
  uint64_t gpu_bytes() const;
  /// Of the machine's own memory: with what unified GPUs hold in it, once.
  uint64_t machine_bytes() const;
};

/// "cpu"; "gpu RTX 3060"; "gpu RTX 3060 22 of 33 layers + cpu"; "gpus A + B". The head counts as a layer.
std::string placement_name(const Placement& placement);
/// The same, without names and in few letters: "cpu", "gpu", "gpu 22/33", "2 gpus".
std::string placement_sign(const Placement& placement);

/// What a model needs, as placements are made of it. Settings are those that `memory` was counted with.
struct PlacedModel {
  llamacpp::LayerBytes layers;
  MemoryUse memory;
};

/// With the layers from `first` on over `gpus`, in proportion to their usable memory as llama.cpp does.
Placement place(const PlacedModel& model, std::span<const GpuCapacity* const> gpus, uint32_t first);

/// Whether every side's memory suffices. `machine_bytes`: usable of the machine's.
bool fits_in_memory(const Placement& placement, uint64_t machine_bytes);

/// The largest context (at most the model's maximum) that the same layers on the same sides have memory for;
/// 0 when none is.
uint32_t largest_context(const ModelShape& shape, const FileFormat& format, const Placement& placement,
                         uint64_t machine_bytes, MemorySettings settings);

/// What may be tried with `gpus`, the CPU first: each GPU whole; with as many layers as fit; and all GPUs
/// with memory of their own together. Where `asked` is not automatic, those of that kind alone. Placements
/// that do not fit are among them, whole ones always.
std::vector<Placement> placements(const PlacedModel& model, std::span<const GpuCapacity* const> gpus,
                                  uint64_t machine_bytes, PlaceAsked asked);

}  // namespace weighin
