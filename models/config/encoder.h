// Readers of encoders.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

void read_bert(const ConfigFields& f, ModelShape& s);
void read_distilbert(const ConfigFields& f, ModelShape& s);
void read_roberta(const ConfigFields& f, ModelShape& s);
void read_albert(const ConfigFields& f, ModelShape& s);
void read_electra(const ConfigFields& f, ModelShape& s);
void read_mobilebert(const ConfigFields& f, ModelShape& s);
void read_modernbert(const ConfigFields& f, ModelShape& s);
void read_nomic_bert(const ConfigFields& f, ModelShape& s);
void read_deberta(const ConfigFields& f, ModelShape& s);

}  // namespace weighin
