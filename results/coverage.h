// Which share of some users' devices runs a model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "probes/device_tier.h"
#include "results/device_fit.h"
#include "results/population.h"

namespace weighin {

/// Shares of the users of known devices, 0 to 1. Low and high are with every device at the slow, or every one
/// at the fast end of its 80% interval: predictions of one kind of device err together.
struct CoverageShare {
  double weight = 0;  // users counted, in the population's own unit
  double low = 0, mid = 0, high = 0;
  double slow = 0, does_not_fit = 0, too_large_to_download = 0;  // why not, at the middle
};

struct CoverageRow {
  std::string name;
  double weight = 0;
  std::string device;  // of the catalogue; empty: not known
  std::string why;     // it is not known
  DeviceTier tier = DeviceTier::low;
  DeviceFit fit;
};

struct Coverage {
  std::string model, population;
  DeviceQuestion question;
  CoverageShare all;
  /// By tier: low, mid, high; those nobody has are left out.
  std::vector<std::pair<DeviceTier, CoverageShare>> tiers;
  double known = 0;                                          // share of all users whose device is known
  std::vector<CoverageRow> rows;                             // as in the population
  double least_download_bytes = 0, most_download_bytes = 0;  // of the formats chosen on devices that run it
};

/// Error: as asked_model's; or no device of the population is known.
tl::expected<Coverage, std::string> coverage_of(const ModelShape& model, const DeviceQuestion& question,
                                                const Population& population);

/// For a terminal. `link_bits_s`: download times are said for it.
std::string coverage_text(const Coverage& coverage, std::optional<double> link_bits_s);
std::string coverage_json(const Coverage& coverage, std::optional<double> link_bits_s);
/// One line a row of the population.
std::string coverage_csv(const Coverage& coverage);

}  // namespace weighin
