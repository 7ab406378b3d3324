// What making a model smaller costs in quality: figures that somebody published, each for the model it was
// measured on, and no others.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "models/shape/shape.h"

namespace weighin {

/// One published figure, before and after.
struct Quality {
  std::string_view technique;  // a name of all_techniques()
  std::string_view what;       // a file format's name, a student's, or the technique's own word
  std::string_view model;      // that it was measured on, by its catalogue name
  std::string_view metric;     // "perplexity, WikiText-2"
  double before;
  double after;
  bool lower_is_better;
  Checked checked;  // read at the source or in a copy or summary that `source` names; or recalled
  std::string_view source;
};

/// How much worse, as a percentage of the figure before: perplexity that rises from 5 to 6 is 20, an accuracy
/// that falls from 50 to 40 is 20 as well. Figures of different metrics do not compare: an order, no measure.
double loss_percent(const Quality& quality);

/// Every figure.
std::span<const Quality> all_quality();

/// The figure for `what`, of `shape` itself where there is one, else of the model it was first measured on,
/// the table's first row; nullptr where nobody published one. Another model's figure stands in only where
/// both do the same task, but for quantization, which has none of encoders.
const Quality* find_quality(std::string_view technique, std::string_view what, const ModelShape& shape);

}  // namespace weighin
