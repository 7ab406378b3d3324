// A decode run: a model's weights loaded, its forward pass run token by token, its parts measured beside it.
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

namespace weighin {

struct DecodeSettings {
  uint32_t depth = 0;            // tokens in the cache at first, of random keys and values
  std::vector<uint32_t> prompt;  // computed one by one before the run
  uint32_t tokens = 16;          // timed, each the likeliest after the last
  uint32_t threads = 1;
  bool parts = true;  // measure them
  std::string file;   // a local GGUF file whose weights are used; empty: random ones
  /// Called with the logits [vocab] of every token of the prompt and the run, where it is set.
  std::function<void(std::span<const float>)> logits;
};

/// A step's seconds by part.
struct DecodeResult {
  uint64_t weight_bytes = 0, cache_bytes = 0;
  double load_s = 0;
  std::vector<uint32_t>
      chosen;  // the likeliest token after the prompt, and after each of the run but the last
  std::vector<double> samples;    // seconds of each token of the run
  PartSeconds whole{};            // medians
  std::optional<StepTime> parts;  // of their medians, measured in turn with the tokens
  /// Sum of the parts over the whole: of medians, and of the least of each, which other programs disturb
  /// less.
  double median_ratio = 0, least_ratio = 0;
};

/// The smallest; 0 for none.
double least(std::vector<double> samples);

/// Which part of a step a problem is of.
StepPart part_of(const Problem& problem);

/// Seconds of each part of `time`.
PartSeconds by_part(const StepTime& time);

/// Why there was no run.
struct DecodeError {
  std::string reason;
  bool does_not_fit = false;  // in memory
};

/// Runs `shape` in `format` on `machine`, which is this one. Error: an architecture that is not computed,
/// memory that does not suffice (with both numbers), a token that is none.
tl::expected<DecodeResult, DecodeError> run_decode(const ModelShape& shape, const FileFormat& format,
                                                   const Machine& machine, const DecodeSettings& settings);

}  // namespace weighin
