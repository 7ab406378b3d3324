#include "harness/plan/scaling.h"

#include <algorithm>
#include <map>
#include <vector>

#include "harness/plan/slabs.h"

namespace weighin {

std::optional<SlabScaling> slab_scaling(std::span<const Measurement> measurements,
                                        uint64_t working_set_bytes) {
  std::map<std::pair<Problem, uint32_t>, double> seconds;
  for (const Measurement& m : measurements)
    if (m.status == Status::measured) seconds[{m.problem, m.threads}] = m.seconds;
  std::vector<double> ratios;
  for (const auto& [key, whole_s] : seconds) {
    const auto& [whole, threads] = key;
    const Problem slab = slab_of(whole, threads, working_set_bytes);
    const auto found = seconds.find({slab, threads});
    if (slab == whole || found == seconds.end()) continue;
    ratios.push_back(whole_s / (found->second * static_cast<double>(whole.m) / static_cast<double>(slab.m)));
  }
  if (ratios.empty()) return std::nullopt;
  std::sort(ratios.begin(), ratios.end());
  return SlabScaling{ratios.size(), ratios.front(), ratios[ratios.size() / 2], ratios.back()};
}

}  // namespace weighin
