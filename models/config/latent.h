// Readers of DeepSeek and of models built like it: multi-head latent attention and many small experts.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

void read_deepseek(const ConfigFields& f, ModelShape& s);
void read_deepseek_v2(const ConfigFields& f, ModelShape& s);
void read_deepseek_v3(const ConfigFields& f, ModelShape& s);
void read_minicpm3(const ConfigFields& f, ModelShape& s);
void read_kimi_linear(const ConfigFields& f, ModelShape& s);
/// Reads ranks and head sizes of multi-head latent attention, and gives it to every layer.
void read_latent(const ConfigFields& f, ModelShape& s);

}  // namespace weighin
