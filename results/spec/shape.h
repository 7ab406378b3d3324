// Finds the shape that a published model's name stands for: the model of the catalogue itself, or the
// nearest model in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "models/names/resolve_name.h"
#include "models/shape/shape.h"

namespace weighin {

/// A model as people publish it. What is not stated is empty.
struct NamedModel {
  std::string_view name;
  std::optional<double> params;  // all parameters
  std::optional<double> active_params;
  std::string_view quant;
  std::optional<double> file_bytes;
};

/// How well the model's shape is known.
enum class ShapeBasis : uint8_t {
  exact,   // the name is a catalogue model's
  scaled,  // a catalogue model of about that size stands for it, scaled to its parameters
};

struct StandInShape {
  const ModelShape* shape = nullptr;
  ShapeBasis basis = ShapeBasis::exact;
  double scale = 1;  // parameters over `shape`'s
};

/// `resolved`: what model.name says. Error: the model is undisclosed, or nothing says its size.
tl::expected<StandInShape, std::string> shape_of(const NamedModel& model, const ResolvedName& resolved);

}  // namespace weighin
