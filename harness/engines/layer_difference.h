// The time of one layer of an engine, from models that differ in their layers alone: what models of two and
// of four layers differ by is two layers' time.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/engines.h"
#include "models/format/file_format.h"
#include "models/shape/shape.h"
#include "results/records/measurement.h"

namespace weighin {

/// The sizes of a layer that models are made of: llama's kind, with `heads` of `head_dim` values.
struct LayerSizes {
  uint32_t width = 0, ffn_width = 0, heads = 0, kv_heads = 0, head_dim = 64;
};

/// A model of `layers` such layers, with a small vocabulary.
tl::expected<ModelShape, std::string> shape_of_layers(const LayerSizes& sizes, uint32_t layers);

/// What an engine needed for the models of two and of four layers: for each repetition, the seconds of one
/// token (decode) or of one prompt.
struct LayerRuns {
  std::vector<double> two, four;
};

/// The seconds of one layer in each repetition: half of what the two models differ by. Repetitions in which
/// the larger one was not slower were disturbed, and are left out.
std::vector<double> layer_seconds(const LayerRuns& runs);

/// The tests of the two models in one format. Those over a cache of `depth` tokens are asked for once for
/// each size of layers, since attention does not depend on the format of the weights; they are empty
/// elsewhere.
struct DifferenceRuns {
  uint32_t threads = 1;
  uint32_t prompt = 0, depth = 0;  // tokens
  LayerRuns decode, prefill, deep_decode, deep_prefill;
};

/// Takes the tests of an engine that was asked for `prompt` and generated tokens at `depth`. Error: which
/// test the engine did not print.
tl::expected<void, std::string> take_tests(const EngineReport& two, const EngineReport& four, uint32_t depth,
                                           DifferenceRuns& runs);

/// Rows of problems as EngineCosts reads them, marked as measured by difference (`difference_kernel`):
/// - attention of one token and of a prompt, from what `depth` tokens in the cache cost a layer;
/// - a product of one token and one of a prompt with all weights of a layer, whose seconds hold all of the
///   layer but its attention. Where a layer has several formats, those that `known` rows of the same sizes
///   have are subtracted, and the row is of the format with the most bytes;
/// - the start of a graph: what the model of two layers takes beside its layers and its output head.
/// Rows name no engine and no run. Empty where no repetition showed a difference.
std::vector<Measurement> rows_by_difference(const LayerSizes& sizes, const FileFormat& format,
                                            const DifferenceRuns& runs, std::span<const Measurement> known);

}  // namespace weighin
