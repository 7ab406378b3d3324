// One question asked of one model, before any device is looked at, so that many devices can be.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "results/fit.h"

namespace weighin {

struct Prediction;

/// One format that the question leaves open.
struct AskedFormat {
  const FileFormat* format;
  Verdict needs;       // what every device's verdict says alike: names, tokens, memory, download
  uint32_t depth = 0;  // tokens in the cache when decode is timed
};

struct AskedModel {
  const ModelShape* shape;
  Question question;
  std::vector<AskedFormat> formats;  // highest fidelity first; none: the model is undisclosed
};

AskedModel ask(const ModelShape& shape, const Question& question);

/// Where a device's speeds are from.
using Speeds = std::function<Prediction(const AskedFormat&)>;

/// One verdict a format, in their order, without the largest context.
std::vector<Verdict> weigh(const AskedModel& asked, const Capacity& capacity, const Speeds& speeds);
/// The same, of a device that was measured.
std::vector<Verdict> weigh(const AskedModel& asked, const Capacity& capacity, const Evidence& evidence);

/// The verdict: of the best format (best_format's rule), with the largest context that fits.
Verdict answer(const AskedModel& asked, const Capacity& capacity, const Speeds& speeds);

}  // namespace weighin
