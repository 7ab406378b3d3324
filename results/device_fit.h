// One model on devices known by their specs: does it fit, is it fast enough, in which format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "models/file_format.h"
#include "models/shape.h"
#include "probes/budgets.h"
#include "results/interval.h"
#include "results/spec_device.h"
#include "results/spec_model.h"

namespace weighin {

/// What is asked of every device.
struct DeviceQuestion {
  std::optional<FileFormatId> format;  // none: the finest of at most 8 bits that does what is asked
  uint32_t context = 4096;
  uint32_t prompt = 512, answer = 256;
  double min_tps = 5;                         // tokens/s that a device must reach
  std::optional<double> most_download_bytes;  // of the model's files
  RunsAs runs_as = RunsAs::native;
  bool allow_low_bit = false;  // formats under 4 bits may be chosen
};

/// A model in the formats that the question leaves open, ready for any number of devices.
struct AskedModel {
  struct InFormat {
    const FileFormat* format;
    ModelWork work;
    double download_bytes;
  };
  const ModelShape* shape = nullptr;
  std::vector<InFormat> formats;  // finest first
};

/// Error: the model's shape is not known, it is an encoder (nothing published says how fast those are), or no
/// format is left.
tl::expected<AskedModel, std::string> asked_model(const ModelShape& shape, const DeviceQuestion& question);

enum class DeviceOutcome : uint8_t { runs, slow, does_not_fit, too_large_to_download };
std::string_view outcome_name(DeviceOutcome outcome);

struct DeviceFit {
  DeviceOutcome outcome = DeviceOutcome::does_not_fit;
  /// Whether some format reaches the speed at the slow and at the fast end of its 80% interval.
  bool runs_if_slow = false, runs_if_fast = false;
  const FileFormat* format = nullptr;  // the finest that runs, else the fastest, else the smallest
  Interval decode_tps;
  double held_gib = 0;
  double budget_gib = 0;  // of the memory of all devices together
  double download_bytes = 0;
};

/// `count` devices of `memory_gib` each that compute as one. A model does not fit where it holds more than
/// the budget of that kind of program.
DeviceFit fit_on(const AskedModel& model, const DeviceQuestion& question, const DeviceSpec& device,
                 DevicePart part, double memory_gib, unsigned count);

}  // namespace weighin
