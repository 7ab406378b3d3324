// Tensors of a vision tower.
#pragma once

#include "models/shape/shape.h"

namespace weighin {

/// Adds the vision tower to vision_tensors, named as llama.cpp's mmproj files name it.
void add_vision(ModelShape& shape);

}  // namespace weighin
