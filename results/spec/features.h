// What a prediction from specs is computed of: a row's device, model, engine and tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "results/spec/device.h"
#include "results/spec/model.h"
#include "results/spec/published_row.h"

namespace weighin {

/// Engines with constants of their own; each a row of engines.inc.
enum class SpecEngine : uint8_t {
#define SPEC_ENGINE(id, name, micro_batch) id,
#include "results/spec/engines.inc"
#undef SPEC_ENGINE
};
std::string_view engine_label(SpecEngine engine);
/// The engine that a published name means: the longest row's name that is in it, else llama.cpp.
SpecEngine engine_of(std::string_view published);

struct SpecFeatures {
  SpecDevice device;
  SpecEngine engine = SpecEngine::llamacpp;
  ModelWork work;
  double year = 0;           // of the measurement, and so of the engine
  double decode_depth = 0;   // tokens before the middle one of those that were timed
  double prompt = 0;         // tokens computed together
  double prefill_depth = 0;  // tokens before them
  double context = 0;        // tokens the cache holds at the end
  double threads = 0;        // 0: not said
  double micro_batch = 512;  // tokens that the engine computes together
  double outside = 0;        // share of the weights that is not in a graphics card's memory
  bool context_assumed = false;
};

/// Resolves rows, and remembers the names it has resolved.
class SpecReader {
 public:
  SpecReader();
  ~SpecReader();
  SpecReader(const SpecReader&) = delete;
  SpecReader& operator=(const SpecReader&) = delete;

  /// Error: why the row cannot be answered.
  tl::expected<SpecFeatures, std::string> read(const PublishedRow& row);

 private:
  struct Names;
  std::unique_ptr<Names> names_;
};

/// The features of a request to a model on a device, both of which are known.
SpecFeatures spec_features(const SpecDevice& device, const ModelWork& work, double prompt, double depth,
                           double context);

}  // namespace weighin
