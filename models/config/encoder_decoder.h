// Readers of models with an encoder and a decoder.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

void read_t5(const ConfigFields& f, ModelShape& s);
void read_bart(const ConfigFields& f, ModelShape& s);
void read_whisper(const ConfigFields& f, ModelShape& s);

}  // namespace weighin
