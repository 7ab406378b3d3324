// Readers of state-space models and of hybrids of them with attention.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

void read_mamba(const ConfigFields& f, ModelShape& s);
void read_mamba2(const ConfigFields& f, ModelShape& s);
void read_jamba(const ConfigFields& f, ModelShape& s);
void read_bamba(const ConfigFields& f, ModelShape& s);
void read_granite_hybrid(const ConfigFields& f, ModelShape& s);
void read_falcon_h1(const ConfigFields& f, ModelShape& s);
void read_nemotron_h(const ConfigFields& f, ModelShape& s);
void read_zamba2(const ConfigFields& f, ModelShape& s);
void read_lfm2(const ConfigFields& f, ModelShape& s);
void read_lfm2_moe(const ConfigFields& f, ModelShape& s);

}  // namespace weighin
