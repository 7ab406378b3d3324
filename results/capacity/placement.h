// Placements: where the layers of a model lie (on the CPU, on one GPU, on both, on several GPUs), in
// bytes.
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

/// Which placements an answer may have. `gpu`: all layers are on GPUs. `split`: some are, and the rest
/// are on the CPU.
enum class PlaceAsked : uint8_t { automatic, cpu, gpu, split };
std::string_view place_name(PlaceAsked place);  // "auto", "cpu", "gpu", "split"
std::optional<PlaceAsked> find_place(std::string_view name);

/// The layers from `first` up to, and without, `end`, which lie on one GPU. The output head counts as one
/// more layer after the last.
struct GpuShare {
  GpuCapacity gpu;
  uint32_t first = 0, end = 0;
  uint64_t bytes = 0;
};

/// One way to place a model, as llama.cpp does it: the embeddings and the first layers lie on the CPU,
/// the rest and the head on GPUs (models/llamacpp/split.h).
struct Placement {
  uint32_t layers = 0;         // of the model
  std::vector<GpuShare> gpus;  // in the order of the layers; none: all on the CPU
  uint64_t cpu_bytes = 0;      // in the machine's memory, with the program itself
  MemoryUse memory;            // of all sides together

  bool on_cpu() const { return gpus.empty(); }
  uint32_t cpu_layers() const { return on_cpu() ? layers + 1 : gpus.front().first; }
  /// The number of layers on GPUs as llama.cpp's --n-gpu-layers counts them, including the head.
  uint32_t gpu_layers() const { return layers + 1 - cpu_layers(); }
  uint64_t gpu_bytes() const;
  /// The bytes in the machine's own memory, including what unified GPUs hold there; it counts once.
  uint64_t machine_bytes() const;
};

/// "cpu"; "gpu RTX 3060"; "gpu RTX 3060 22 of 33 layers + cpu"; "gpus A + B". The head counts as a layer.
std::string placement_name(const Placement& placement);
/// The same in few letters and without names: "cpu", "gpu", "gpu 22/33", "2 gpus".
std::string placement_sign(const Placement& placement);

/// The bytes of a model, from which placements are made. Both parts are counted with the same settings.
struct PlacedModel {
  llamacpp::LayerBytes layers;
  MemoryUse memory;
};

/// Places the layers from `first` on over `gpus`, in proportion to their usable memory, as llama.cpp
/// does.
Placement place(const PlacedModel& model, std::span<const GpuCapacity* const> gpus, uint32_t first);

/// Whether the memory of every side suffices. `machine_bytes` is what may be used of the machine's
/// memory.
bool fits_in_memory(const Placement& placement, uint64_t machine_bytes);

/// The largest context for which the same layers fit on the same sides, at most the maximum of the model.
/// 0: no context fits.
uint32_t largest_context(const ModelShape& shape, const FileFormat& format, const Placement& placement,
                         uint64_t machine_bytes, MemorySettings settings);

/// The placements to try with `gpus`, the CPU first: the whole model on each GPU, as many layers as fit
/// on each GPU, and the same on all GPUs that have memory of their own together. Where `asked` is not
/// automatic, only placements of that kind. Placements of the whole model are included even where they do
/// not fit.
std::vector<Placement> placements(const PlacedModel& model, std::span<const GpuCapacity* const> gpus,
                                  uint64_t machine_bytes, PlaceAsked asked);

}  // namespace weighin
