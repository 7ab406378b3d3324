// One question asked of one model, before any device is looked at, so that many devices can be.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "results/fit/fit.h"

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

/// What must be in memory: a mapped file's pages can be given up once its weights are repacked, so they are
/// not counted twice.
MemorySettings settings_of(uint32_t context, FormatId cache);

/// The verdict on a model that holds no format: that it is undisclosed.
Verdict undisclosed(const AskedModel& asked);

/// Where a device's speeds are from.
using Speeds = std::function<Prediction(const AskedFormat&)>;

/// The limit, the judgement and the speeds of one format on one device; `needs` says what is needed.
Verdict weigh_format(Verdict needs, const Question& question, const Capacity& capacity,
                     Prediction prediction);

/// One verdict a format, in their order, without the largest context.
std::vector<Verdict> weigh(const AskedModel& asked, const Capacity& capacity, const Speeds& speeds);
/// The same, of a device that was measured: each on the placement that takes the least time for the prompt
/// and the answer asked, of those that fit.
std::vector<Verdict> weigh(const AskedModel& asked, const Capacity& capacity, const CostModel& costs);

/// Seconds of what was asked: the prompt and the whole answer, or an encoder's text; none where a speed of
/// them is not known.
std::optional<double> request_s(const Verdict& verdict, const Question& question);

/// The verdict: of the best format (best_format's rule), with the largest context that fits. `verdicts`: as
/// weigh gives them.
Verdict answer(const AskedModel& asked, const Capacity& capacity, const std::vector<Verdict>& verdicts);
Verdict answer(const AskedModel& asked, const Capacity& capacity, const Speeds& speeds);

}  // namespace weighin
