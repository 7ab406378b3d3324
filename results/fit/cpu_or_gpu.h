// Which of a machine's processors is faster for models of which size, by measurement.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/fit/question.h"
#include "results/profile/device_profile.h"

namespace weighin {

/// Of one GPU and one format: the size classes whose reference model takes less time on the CPU, and those
/// where it takes less on the GPU, smallest first; only classes that fit on both whole.
struct CpuOrGpu {
  std::string gpu;  // its name
  std::string format;
  std::vector<std::string_view> cpu_faster, gpu_faster;
};

/// Of every GPU that was measured and every format (or the one that `question` names) of which both were. The
/// time is that of the prompt and the answer asked.
std::vector<CpuOrGpu> cpu_or_gpu(const Question& question, const DeviceProfile& device);

/// "On this machine the CPU is faster than X for q4_0, q8_0 under 1B, for f16 in no class."; empty where
/// nothing was compared. A sentence a GPU.
std::string comparison_sentence(std::span<const CpuOrGpu> compared);

}  // namespace weighin
