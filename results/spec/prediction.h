// Prediction from specs: how fast a machine that nobody here has measured decodes and prefills, and what it
// holds.
//
//   decode  s = weights read / (bandwidth x efficiency) + keys and values read / (bandwidth x efficiency)
//               + layers x time of a layer's small operations [+ products / peak arithmetic, on CPUs]
//   prefill s = products / (peak x efficiency) + attention / (peak x efficiency)
//               + weights read once a micro-batch / bandwidth + layers x time of a layer
//
// The constants are constants.inc's, with how they were fitted; docs/method/spec.md explains each.
#pragma once

#include <string>
#include <vector>

#include "results/spec/features.h"
#include "results/text/interval.h"

namespace weighin {

/// One part of a predicted time.
struct SpecTerm {
  std::string part;
  double seconds = 0;
};

struct SpecPrediction {
  Interval decode_tps;  // tokens/s, 80% interval
  Interval prefill_tps;
  double memory_gib = 0;  // held while running, rather too much than too little
  std::string basis;      // what the numbers stand on
};

SpecPrediction predict_from_specs(const SpecFeatures& features);

/// Seconds of one decoded token, and of the whole prompt, part by part.
std::vector<SpecTerm> decode_terms(const SpecFeatures& features);
std::vector<SpecTerm> prefill_terms(const SpecFeatures& features);

}  // namespace weighin
