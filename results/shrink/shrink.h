// Shrink: what would make a model fit, from least to most it costs in quality.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/shrink/lora.h"
#include "models/shrink/quality.h"
#include "models/shrink/technique.h"
#include "results/fit/verdict.h"
#include "results/profile/device_profile.h"

namespace weighin {

struct ShrinkQuestion {
  FileFormatId format = FileFormatId::f16;  // that the model is in now
  uint32_t context = 0;                     // 0: as fit answers
};

/// What one technique costs in quality: a published figure, or none.
struct QualityCost {
  std::string technique;
  const Quality* figure = nullptr;  // nullptr: unknown
};

/// One way to make the model smaller, weighed. The first one of an answer is the model as it is.
struct ShrinkOption {
  std::string technique;  // of all_techniques(), two joined by " + ", or "as it is"
  std::string what;       // "Q4_K_M", "8 of 32 layers left out, Q4_K_M"
  std::string takes;
  std::string note;
  Verdict verdict;                   // as `weighin fit` answers for that model in that format
  int64_t download_saved_bytes = 0;  // against the model as it is; negative: it is larger
  int64_t memory_saved_bytes = 0;
  /// Of tokens/s (of texts/s for an encoder) against the model as it is.
  double speed_gain = 1;
  /// "bytes": the bytes a token reads before and after; else where both speeds come from: "measured", "spec".
  std::string speed_basis = "bytes";
  std::vector<QualityCost> quality;    // one a technique
  std::optional<double> loss_percent;  // of all of them added up; empty: one is unknown
};

struct ShrinkAnswer {
  std::string model;
  Task task = Task::chat;
  uint32_t context = 0;
  ShrinkOption as_it_is;
  /// Those that fit, least loss first, an unknown loss after the known ones of its technique; then those that
  /// do not, smallest first.
  std::vector<ShrinkOption> options;
  bool any_fits = false;  // an option, or the model as it is
  LoraCost lora;          // of queries and values
  LoraCost lora_all;      // of every product in layers
};

/// Weighs every way to make `shape` smaller on `device`. Error: why nothing can be said of `shape`.
tl::expected<ShrinkAnswer, std::string> shrink(const ModelShape& shape, const ShrinkQuestion& question,
                                               const DeviceProfile& device);

/// What keeps `option` from fitting; empty where it fits.
std::string why_not(const ShrinkOption& option);

}  // namespace weighin
