// What making a model smaller costs in quality. All figures were published, each for the model that it was
// measured on.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "models/shape/shape.h"

namespace weighin {

/// One published figure, before and after the model was made smaller.
struct Quality {
  std::string_view technique;  // a name of all_techniques()
  std::string_view what;       // the name of a file format or of a student model, or a word of the technique
  std::string_view model;      // the catalogue name of the model that it was measured on
  std::string_view metric;     // "perplexity, WikiText-2"
  double before;
  double after;
  bool lower_is_better;
  Checked checked;  // read (at the source, or in a copy or summary that `source` names) or recalled
  std::string_view source;
};

/// The loss as a percentage of the figure before: 20 for a perplexity that rises from 5 to 6, and 20 for an
/// accuracy that falls from 50 to 40. Losses of different metrics can be ordered but not compared in size.
double loss_percent(const Quality& quality);

/// Every published figure.
std::span<const Quality> all_quality();

/// The figure for `what`: the one of `shape` itself, else the first of another model that does the same task,
/// or nullptr. Figures for quantization stand for models of any task, since none were published for encoders.
const Quality* find_quality(std::string_view technique, std::string_view what, const ModelShape& shape);

}  // namespace weighin
