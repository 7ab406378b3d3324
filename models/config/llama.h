// Readers of decoders that are Llama's architecture with small changes.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

void read_llama(const ConfigFields& f, ModelShape& s);
void read_mistral(const ConfigFields& f, ModelShape& s);
void read_mobilellm(const ConfigFields& f, ModelShape& s);
void read_smollm3(const ConfigFields& f, ModelShape& s);
void read_granite(const ConfigFields& f, ModelShape& s);
void read_minicpm(const ConfigFields& f, ModelShape& s);
void read_internlm2(const ConfigFields& f, ModelShape& s);
void read_exaone(const ConfigFields& f, ModelShape& s);
void read_exaone4(const ConfigFields& f, ModelShape& s);
void read_ernie(const ConfigFields& f, ModelShape& s);
void read_hunyuan(const ConfigFields& f, ModelShape& s);
void read_olmo(const ConfigFields& f, ModelShape& s);
void read_olmo2(const ConfigFields& f, ModelShape& s);
void read_seed_oss(const ConfigFields& f, ModelShape& s);

}  // namespace weighin
