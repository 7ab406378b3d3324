#include "results/fit/weigh_bytes.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/text/units.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

/// llama.cpp's Vulkan backend takes memory in pieces of at most so many bytes (suballocation_block_size in
/// ggml-vulkan.cpp, recalled).
constexpr uint64_t allocation_bytes = uint64_t{1} << 30;

Limit memory_limit(double needed, const Capacity& capacity) {
  const double usable = static_cast<double>(capacity.memory_bytes);
  Limit limit{capacity.memory_kind, needed, usable,
              needs_text(in_gib(needed), in_gib(usable), "GiB", "available",
                         std::string(limit_name(capacity.memory_kind)))};
  if (needed > usable && capacity.now && needed <= static_cast<double>(capacity.memory_total_bytes))
    limit.text += fmt::format("; fits after freeing {} GiB", two_digits(in_gib(needed - usable)));
  return limit;
}

Limit gpu_limit(const GpuShare& share) {
  const double needed = static_cast<double>(share.bytes),
               usable = static_cast<double>(share.gpu.memory_bytes);
  Limit limit{LimitKind::vram, needed, usable,
              needs_text(in_gib(needed), in_gib(usable), "GiB", share.gpu.free_now ? "free" : "usable",
                         "VRAM of " + share.gpu.name)};
  const double total = static_cast<double>(share.gpu.memory_total_bytes);
  if (needed > usable && share.gpu.free_now && needed <= total)
    limit.text += fmt::format("; fits after freeing {} GiB", two_digits(in_gib(needed - usable)));
  return limit;
}

Limit storage_limit(const Needs& needs, uint64_t free_bytes) {
  const double needed = static_cast<double>(needs.download_bytes), usable = static_cast<double>(free_bytes);
  return {LimitKind::storage, needed, usable,
          needs_text(in_gb(needed), in_gb(usable), "GB", "free", "storage")};
}

std::string webgpu_text(const GpuShare& share, double needed, bool binding) {
  const WebgpuLimits& web = share.gpu.webgpu;
  if (web.default_buffer_bytes == 0) return "";
  const double usual = static_cast<double>(binding ? web.default_binding_bytes : web.default_buffer_bytes),
               raised = static_cast<double>(binding ? web.raised_binding_bytes : web.raised_buffer_bytes);
  return fmt::format("; a browser's WebGPU on it allows {} GiB ({} where a page asks for more), {} enough",
                     two_digits(in_gib(usual)), two_digits(in_gib(raised)),
                     raised < needed ? "not" : "which is");
}

/// Memory alone: the machine's, and that of each GPU of the layout.
void weigh_memory(BytesVerdict& verdict, const Needs& needs, const Placement* layout,
                  const Capacity& capacity) {
  const bool on_gpus = layout && !layout->on_cpu();
  const bool unknown = capacity.memory_kind == LimitKind::unknown;
  const uint64_t machine_bytes = on_gpus ? layout->machine_bytes() : needs.memory.needed_bytes();
  verdict.limit = memory_limit(static_cast<double>(machine_bytes), capacity);
  if (unknown) {
    verdict.limit.text =
        fmt::format("needs {}, how much memory there is could not be read", gib_text(machine_bytes));
    verdict.limit.usable = 0;
  } else {
    verdict.fits = machine_bytes <= capacity.memory_bytes;
  }
  if (!on_gpus) return;
  for (const GpuShare& share : layout->gpus) {
    const Limit limit = gpu_limit(share);
    const bool small = share.bytes > share.gpu.memory_bytes;
    if (small) verdict.fits = false;
    if (unknown ? small : share_of(limit) > share_of(verdict.limit)) verdict.limit = limit;
  }
  if (verdict.fits == false) return;
  for (const GpuShare& share : layout->gpus) {
    const auto stopped = driver_limit(share, needs.memory);
    if (!stopped) continue;
    verdict.limit = *stopped;
    verdict.fits = false;
    return;
  }
}

}  // namespace

std::optional<Limit> driver_limit(const GpuShare& share, const MemoryUse& memory) {
  const GpuCapacity& gpu = share.gpu;
  const double tensor = static_cast<double>(memory.largest_tensor_bytes);
  const auto too_large = [&](LimitKind kind, uint64_t most, bool binding) {
    const double allowed = static_cast<double>(most);
    return Limit{kind, tensor, allowed,
                 needs_text(in_gib(tensor), in_gib(allowed), "GiB for one tensor",
                            "allowed by the driver of " + gpu.name, std::string(limit_name(kind))) +
                     webgpu_text(share, tensor, binding)};
  };
  if (gpu.max_storage_buffer_range && memory.largest_tensor_bytes > gpu.max_storage_buffer_range)
    return too_large(LimitKind::max_storage_buffer_range, gpu.max_storage_buffer_range, true);
  if (gpu.max_allocation_bytes && memory.largest_tensor_bytes > gpu.max_allocation_bytes)
    return too_large(LimitKind::max_memory_allocation_size, gpu.max_allocation_bytes, false);
  const uint64_t piece =
      gpu.max_allocation_bytes ? std::min(gpu.max_allocation_bytes, allocation_bytes) : allocation_bytes;
  const uint64_t pieces = (share.bytes + piece - 1) / piece;
  if (gpu.max_allocations && pieces > gpu.max_allocations) {
    const double needed = static_cast<double>(pieces), allowed = static_cast<double>(gpu.max_allocations);
    return Limit{LimitKind::max_memory_allocation_count, needed, allowed,
                 needs_text(needed, allowed, "pieces of memory", "allowed by the driver of " + gpu.name,
                            std::string(limit_name(LimitKind::max_memory_allocation_count)))};
  }
  return std::nullopt;
}

BytesVerdict weigh_bytes(const Needs& needs, const Placement* layout, const Capacity& capacity) {
  BytesVerdict verdict;
  weigh_memory(verdict, needs, layout, capacity);
  if (!capacity.storage_free_bytes) {
    // What is known by its specifications, or is a size alone, is not asked for storage.
    const bool not_asked = !capacity.rule.empty() || capacity.memory_kind == LimitKind::target;
    if (!not_asked)
      verdict.warnings.emplace_back("free storage could not be read: it is not part of this answer");
    return verdict;
  }
  const Limit storage = storage_limit(needs, *capacity.storage_free_bytes);
  const bool stored = needs.download_bytes <= *capacity.storage_free_bytes;
  const bool known = verdict.fits.has_value();
  if ((known && share_of(storage) > share_of(verdict.limit)) || (!known && !stored)) verdict.limit = storage;
  if (!stored) verdict.fits = false;
  return verdict;
}

}  // namespace weighin
