// Readers of the Qwen family.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

void read_qwen(const ConfigFields& f, ModelShape& s);
void read_qwen2(const ConfigFields& f, ModelShape& s);
void read_qwen2_moe(const ConfigFields& f, ModelShape& s);
void read_qwen3(const ConfigFields& f, ModelShape& s);
void read_qwen3_moe(const ConfigFields& f, ModelShape& s);
void read_qwen3_next(const ConfigFields& f, ModelShape& s);
void read_qwen3_5(const ConfigFields& f, ModelShape& s);

}  // namespace weighin
