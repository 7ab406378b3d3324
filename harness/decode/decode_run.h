// A decode run: a model's weights are loaded, its forward pass runs token by token, and its parts are
// measured beside it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/forward/pass.h"
#include "probes/machine/machine.h"
#include "results/measured/predict.h"
#include "results/records/kernel_race.h"

namespace weighin {

struct DecodeSettings {
  uint32_t depth = 0;            // tokens in the cache at the start, with random keys and values
  std::vector<uint32_t> prompt;  // tokens that are computed one by one before the run
  uint32_t tokens = 16;          // tokens that are timed; each is the likeliest after the one before
  uint32_t threads = 1;
  bool parts = true;  // whether the parts are measured
  std::string file;   // a local GGUF file with the weights; empty: random weights
  std::vector<KernelRace>
      races;  // what earlier races found on this machine; the others that it needs are held
  /// Where it is set, it is called with the logits [vocab] of every token of the prompt and of the run.
  std::function<void(std::span<const float>)> logits;
};

/// What a decode run measured.
struct DecodeResult {
  uint64_t weight_bytes = 0, cache_bytes = 0;
  double load_s = 0;
  std::vector<uint32_t>
      chosen;  // the likeliest token after the prompt, and after each token of the run but the last
  std::vector<double> samples;    // seconds of each token of the run
  PartSeconds whole{};            // medians of each part of the whole step
  std::optional<StepTime> parts;  // medians of the parts, which were measured in turn with the tokens
  /// The sum of the parts over the whole step: of medians, and of the least time of each, which other
  /// programs disturb less.
  double median_ratio = 0, least_ratio = 0;
};

/// The smallest sample; 0 for none.
double least(std::vector<double> samples);

/// The part of a step that a problem belongs to.
StepPart part_of(const Problem& problem);

/// The seconds of each part of `time`.
PartSeconds by_part(const StepTime& time);

/// Why there was no run.
struct DecodeError {
  std::string reason;
  bool does_not_fit = false;  // the model does not fit into the memory
};

/// Decodes with `shape` in `format` on `machine`, which is this one. Error: an architecture that is not
/// computed, memory that does not suffice (with both numbers), or a token that the model does not have.
tl::expected<DecodeResult, DecodeError> run_decode(const ModelShape& shape, const FileFormat& format,
                                                   const Machine& machine, const DecodeSettings& settings);

}  // namespace weighin
