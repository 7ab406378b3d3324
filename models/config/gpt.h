// Readers of decoders from the years before Llama: layers with biases and without a gate.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

void read_gpt2(const ConfigFields& f, ModelShape& s);
void read_gpt_bigcode(const ConfigFields& f, ModelShape& s);
void read_gpt_neo(const ConfigFields& f, ModelShape& s);
void read_gpt_neox(const ConfigFields& f, ModelShape& s);
void read_gptj(const ConfigFields& f, ModelShape& s);
void read_opt(const ConfigFields& f, ModelShape& s);
void read_bloom(const ConfigFields& f, ModelShape& s);

}  // namespace weighin
