// Which share of some users' devices runs a model.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "probes/devices/tier.h"
#include "results/coverage/population.h"
#include "results/fit/verdict.h"
#include "results/profile/device_profile.h"

namespace weighin {

/// Shares of the users whose device is known, from 0 to 1. `low` assumes that every device is at the slow
/// end of its 80% interval, and `high` that every device is at the fast end, since predictions for one
/// kind of device err together.
struct CoverageShare {
  double weight = 0;  // users counted, in the population's own unit
  double low = 0, mid = 0, high = 0;
  double slow = 0, does_not_fit = 0, too_large_to_download = 0;  // why not, at the middle
};

/// What is asked of every device: that it runs the model, and that the download is small enough.
struct CoverageQuestion {
  Question question;
  RunsAs runs_as = RunsAs::native;
  std::optional<uint64_t> most_download_bytes;
};

enum class DeviceOutcome : uint8_t { runs, slow, does_not_fit, too_large_to_download };
std::string_view outcome_name(DeviceOutcome outcome);

struct CoverageRow {
  std::string name;
  double weight = 0;
  std::string device;     // of the catalogue or the database; empty: not known
  bool measured = false;  // of the database
  std::string why;        // it is not known
  DeviceTier tier = DeviceTier::low;
  DeviceOutcome outcome = DeviceOutcome::does_not_fit;
  /// Whether it runs, in some format, at the slow and at the fast end of the 80% interval.
  bool runs_if_slow = false, runs_if_fast = false;
  Verdict verdict;  // as `weighin fit --device` says it
  double budget_bytes = 0;
};

struct Coverage {
  std::string model, population;
  CoverageQuestion asked;
  uint32_t context = 0;  // answered for
  CoverageShare all;
  /// By tier: low, mid, high; those nobody has are left out.
  std::vector<std::pair<DeviceTier, CoverageShare>> tiers;
  double known = 0;                                          // share of all users whose device is known
  std::vector<CoverageRow> rows;                             // as in the population
  double least_download_bytes = 0, most_download_bytes = 0;  // of the formats chosen on devices that run it
};

/// Weighs `model` on every device of a population. A row with the label of one of the `measured` devices
/// is answered from its measurements, all others from the published specifications of the catalogue.
/// Error: the model is undisclosed; it is an encoder (nothing published says how fast those are); or no
/// device of the population is known.
tl::expected<Coverage, std::string> coverage_of(const ModelShape& model, const CoverageQuestion& question,
                                                const Population& population,
                                                std::span<const DeviceProfile> measured = {});

}  // namespace weighin
