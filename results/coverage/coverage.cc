#include "results/coverage/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/text/units.h"
#include "results/fit/best_format.h"
#include "results/fit/speed_published.h"
#include "results/fit/weigh.h"

namespace weighin {
namespace {

constexpr std::array tiers{DeviceTier::low, DeviceTier::mid, DeviceTier::high};

void add(CoverageShare& share, const CoverageRow& row) {
  share.weight += row.weight;
  share.low += row.weight * row.runs_if_slow;
  share.high += row.weight * row.runs_if_fast;
  switch (row.outcome) {
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

DeviceOutcome outcome_of(const Verdict& verdict) {
  if (runs(verdict.judgement.answer)) return DeviceOutcome::runs;
  if (verdict.fits != false) return DeviceOutcome::slow;
  return verdict.limit.kind == LimitKind::storage ? DeviceOutcome::too_large_to_download
                                                  : DeviceOutcome::does_not_fit;
}

/// Sets the verdict and what the row says of it, from the verdicts in each format.
void judge_row(CoverageRow& row, const Request& request, const DeviceProfile& device) {
  const bool low_bit = request.question.allow_low_bit;
  const std::vector<Verdict> verdicts = weigh_formats(request, device);
  row.verdict = verdicts[best_format(verdicts, low_bit)];
  row.outcome = outcome_of(row.verdict);
  row.budget_bytes = static_cast<double>(device.capacity.memory_bytes);
  const auto some = [&](Answer Judgement::*end) {
    return std::any_of(verdicts.begin(), verdicts.end(), [&](const Verdict& v) {
      return may_be_chosen(v.needs.task, v.needs.bits_per_weight, low_bit) && runs(v.judgement.*end);
    });
  };
  const bool middle = row.outcome == DeviceOutcome::runs;
  row.runs_if_slow = middle && some(&Judgement::at_slow_end);
  row.runs_if_fast = middle || some(&Judgement::at_fast_end);
}

/// The tier of a measured machine, judged as a computer by its measured bandwidth.
DeviceTier measured_tier(const DeviceProfile& device) {
  DeviceSpec spec;
  spec.kind = DeviceKind::cpu;
  for (const Measurement& m : device.measured->measurements)
    if (m.on_cpu() && m.problem.op == Op::stream_read && m.status == Status::measured)
      spec.bandwidth_gbs.value =
          std::max(spec.bandwidth_gbs.value, in_gb(cost_of(m.problem).bytes()) / m.seconds);
  return tier_of(spec, in_gib(device.capacity.memory_total_bytes));
}

void weigh_measured(CoverageRow& row, const Request& request, DeviceProfile device,
                    const CoverageQuestion& question) {
  row.device = device.capacity.device;
  row.measured = true;
  row.tier = measured_tier(device);
  device.capacity.storage_free_bytes = question.most_download_bytes;
  judge_row(row, request, device);
  if (row.verdict.judgement.answer != Answer::unknown) return;
  row.device.clear();
  row.why = row.verdict.prediction.basis;
}

CoverageRow weighed(const PopulationRow& row, const Request& request, const CoverageQuestion& question,
                    std::span<const DeviceProfile> measured) {
  CoverageRow out;
  out.name = row.name;
  out.weight = row.weight;
  for (const DeviceProfile& device : measured) {
    if (device.capacity.device != row.name) continue;
    weigh_measured(out, request, device, question);
    return out;
  }
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
  DeviceProfile device = published_profile({named, question.runs_as});
  device.capacity.storage_free_bytes = question.most_download_bytes;
  judge_row(out, request, device);
  return out;
}

}  // namespace

std::string_view outcome_name(DeviceOutcome outcome) {
  switch (outcome) {
    case DeviceOutcome::runs:
      return "runs";
    case DeviceOutcome::slow:
      return "slow";
    case DeviceOutcome::does_not_fit:
      return "does not fit";
    case DeviceOutcome::too_large_to_download:
      return "too large to download";
  }
  return "unknown";
}

tl::expected<Coverage, std::string> coverage_of(const ModelShape& model, const CoverageQuestion& question,
                                                const Population& population,
                                                std::span<const DeviceProfile> measured) {
  if (auto known = answered_by_specs(model); !known) return tl::unexpected(known.error());
  const Request request = request_of(model, question.question);
  Coverage coverage;
  coverage.model = model.name;
  coverage.population = population.name;
  coverage.asked = question;
  coverage.context = answered_context(model, question.question.context);
  std::array<CoverageShare, tiers.size()> by_tier;
  for (const PopulationRow& row : population.rows) {
    coverage.rows.push_back(weighed(row, request, question, measured));
    const CoverageRow& done = coverage.rows.back();
    if (done.device.empty()) continue;
    add(coverage.all, done);
    add(by_tier[static_cast<size_t>(done.tier)], done);
    if (done.outcome != DeviceOutcome::runs) continue;
    const auto bytes = static_cast<double>(done.verdict.needs.download_bytes);
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
