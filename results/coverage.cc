#include "results/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weighin {
namespace {

constexpr std::array tiers{DeviceTier::low, DeviceTier::mid, DeviceTier::high};

void add(CoverageShare& share, const CoverageRow& row) {
  share.weight += row.weight;
  share.low += row.weight * row.fit.runs_if_slow;
  share.high += row.weight * row.fit.runs_if_fast;
  switch (row.fit.outcome) {
    case DeviceOutcome::runs:
      share.mid += row.weight;
      break;
    case DeviceOutcome::slow:
      share.slow += row.weight;
      break;
    case DeviceOutcome::does_not_fit:
      share.does_not_fit += row.weight;
      break;
    case DeviceOutcome::too_large_to_download:
      share.too_large_to_download += row.weight;
      break;
  }
}

void to_shares(CoverageShare& share) {
  for (double* part :
       {&share.low, &share.mid, &share.high, &share.slow, &share.does_not_fit, &share.too_large_to_download})
    *part /= share.weight;
}

CoverageRow weighed(const PopulationRow& row, const AskedModel& model, const DeviceQuestion& question) {
  CoverageRow out;
  out.name = row.name;
  out.weight = row.weight;
  if (!row.device) {
    out.why = row.device.error();
    return out;
  }
  const NamedDevice& named = *row.device;
  if (named.memory_gib <= 0) {
    out.why = fmt::format(
        "{} is sold without memory, or with any: say how much, as in \"{} (16GB)\" or a column memory_gib",
        named.device->name, row.name);
    return out;
  }
  if (!bandwidth_of(*named.device, named.part).known()) {
    out.why = fmt::format("the bandwidth of {} is not known", named.device->name);
    return out;
  }
  out.device = named.device->name;
  out.tier = tier_of(*named.device, named.memory_gib);
  out.fit = fit_on(model, question, *named.device, named.part, named.memory_gib, named.count);
  return out;
}

}  // namespace

tl::expected<Coverage, std::string> coverage_of(const ModelShape& model, const DeviceQuestion& question,
                                                const Population& population) {
  const auto asked = asked_model(model, question);
  if (!asked) return tl::unexpected(asked.error());
  Coverage coverage;
  coverage.model = model.name;
  coverage.population = population.name;
  coverage.question = question;
  std::array<CoverageShare, tiers.size()> by_tier;
  for (const PopulationRow& row : population.rows) {
    coverage.rows.push_back(weighed(row, *asked, question));
    const CoverageRow& done = coverage.rows.back();
    if (done.device.empty()) continue;
    add(coverage.all, done);
    add(by_tier[static_cast<size_t>(done.tier)], done);
    if (done.fit.outcome != DeviceOutcome::runs) continue;
    const double bytes = done.fit.download_bytes;
    coverage.most_download_bytes = std::max(coverage.most_download_bytes, bytes);
    coverage.least_download_bytes =
        coverage.least_download_bytes > 0 ? std::min(coverage.least_download_bytes, bytes) : bytes;
  }
  if (coverage.all.weight <= 0)
    return tl::unexpected(fmt::format("{}: no device is known; the first is \"{}\": {}", population.name,
                                      coverage.rows.front().name, coverage.rows.front().why));
  coverage.known = coverage.all.weight / population.weight();
  to_shares(coverage.all);
  for (const DeviceTier tier : tiers) {
    CoverageShare& share = by_tier[static_cast<size_t>(tier)];
    if (share.weight <= 0) continue;
    to_shares(share);
    coverage.tiers.emplace_back(tier, share);
  }
  return coverage;
}

}  // namespace weighin
