#include "results/coverage/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/text/units.h"
#include "results/fit/best_format.h"

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
  if (runs(verdict.answer)) return DeviceOutcome::runs;
  if (verdict.fits != false) return DeviceOutcome::slow;
  return verdict.limit.kind == "storage" ? DeviceOutcome::too_large_to_download : DeviceOutcome::does_not_fit;
}

/// Sets the verdict and what the row says of it, from the verdicts in each format.
void judge_row(CoverageRow& row, const std::vector<Verdict>& verdicts, const Capacity& capacity,
               bool low_bit) {
  row.verdict = best_format(verdicts, low_bit);
  row.outcome = outcome_of(row.verdict);
  row.budget_bytes = static_cast<double>(capacity.memory_bytes);
  const auto some = [&](Answer Verdict::*end) {
    return std::any_of(verdicts.begin(), verdicts.end(), [&](const Verdict& v) {
      return may_be_chosen(v.bits_per_weight, low_bit) && runs(v.*end);
    });
  };
  const bool middle = row.outcome == DeviceOutcome::runs;
  row.runs_if_slow = middle && some(&Verdict::at_slow_end);
  row.runs_if_fast = middle || some(&Verdict::at_fast_end);
}

/// The tier of a machine by what was measured of it, as a computer.
DeviceTier tier_of(const WeighedDevice& device) {
  DeviceSpec spec;
  spec.kind = DeviceKind::cpu;
  for (const Measurement& m : device.measurements)
    if (m.on_cpu() && m.problem.op == Op::stream_read && m.status == Status::measured)
      spec.bandwidth_gbs.value =
          std::max(spec.bandwidth_gbs.value, cost_of(m.problem).bytes() / m.seconds / 1e9);
  return tier_of(spec, in_gib(device.capacity.memory_total_bytes));
}

void weigh_measured(CoverageRow& row, const AskedModel& model, const WeighedDevice& device,
                    const CoverageQuestion& question) {
  row.device = device.capacity.device;
  row.measured = true;
  row.tier = tier_of(device);
  Capacity capacity = device.capacity;
  capacity.storage_free_bytes = question.most_download_bytes;
  judge_row(row, weigh(model, capacity, CostModel(device.measurements, device.verified)), capacity,
            model.question.allow_low_bit);
  if (row.verdict.answer != Answer::unknown) return;
  row.device.clear();
  row.why = row.verdict.basis;
}

CoverageRow weighed(const PopulationRow& row, const SpecAsked& model, const CoverageQuestion& question,
                    std::span<const WeighedDevice> measured) {
  CoverageRow out;
  out.name = row.name;
  out.weight = row.weight;
  for (const WeighedDevice& device : measured) {
    if (device.capacity.device != row.name) continue;
    weigh_measured(out, model.model, device, question);
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
  const SpecTarget target{named, question.runs_as};
  Capacity capacity = capacity_of(target);
  capacity.storage_free_bytes = question.most_download_bytes;
  judge_row(out, weigh(model, capacity, target), capacity, model.model.question.allow_low_bit);
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
                                                std::span<const WeighedDevice> measured) {
  if (auto known = answered_by_specs(model); !known) return tl::unexpected(known.error());
  const SpecAsked asked = ask_specs(model, question.question);
  Coverage coverage;
  coverage.model = model.name;
  coverage.population = population.name;
  coverage.asked = question;
  coverage.context = answered_context(model, question.question.context);
  std::array<CoverageShare, tiers.size()> by_tier;
  for (const PopulationRow& row : population.rows) {
    coverage.rows.push_back(weighed(row, asked, question, measured));
    const CoverageRow& done = coverage.rows.back();
    if (done.device.empty()) continue;
    add(coverage.all, done);
    add(by_tier[static_cast<size_t>(done.tier)], done);
    if (done.outcome != DeviceOutcome::runs) continue;
    const auto bytes = static_cast<double>(done.verdict.download_bytes);
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
