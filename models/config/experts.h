// Readers of mixtures of experts with ordinary attention.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

void read_mixtral(const ConfigFields& f, ModelShape& s);
void read_phimoe(const ConfigFields& f, ModelShape& s);
void read_olmoe(const ConfigFields& f, ModelShape& s);
void read_granitemoe(const ConfigFields& f, ModelShape& s);
void read_gpt_oss(const ConfigFields& f, ModelShape& s);
void read_llama4(const ConfigFields& f, ModelShape& s);
void read_dbrx(const ConfigFields& f, ModelShape& s);
void read_grok(const ConfigFields& f, ModelShape& s);
void read_ernie_moe(const ConfigFields& f, ModelShape& s);
void read_hunyuan_moe(const ConfigFields& f, ModelShape& s);
void read_glm4_moe(const ConfigFields& f, ModelShape& s);
void read_minimax_m2(const ConfigFields& f, ModelShape& s);

}  // namespace weighin
