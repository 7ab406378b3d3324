// Reader of vision towers.
#pragma once

#include <string_view>

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

/// Fills s.vision from a vision_config. `type` is the model_type of the whole model. Towers that are not
/// plain ViTs (Gemma 3n's MobileNet) are left out.
void read_vision(const ConfigFields& f, std::string_view type, ModelShape& s);

}  // namespace weighin
