// Readers of the Gemma family.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

void read_gemma(const ConfigFields& f, ModelShape& s);
void read_gemma2(const ConfigFields& f, ModelShape& s);
void read_gemma3(const ConfigFields& f, ModelShape& s);
void read_gemma3n(const ConfigFields& f, ModelShape& s);
void read_gemma4(const ConfigFields& f, ModelShape& s);

}  // namespace weighin
