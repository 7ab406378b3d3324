// Readers of dense decoders whose layers differ from Llama's.
#pragma once

#include "models/config/fields.h"
#include "models/shape/shape.h"

namespace weighin {

void read_phi(const ConfigFields& f, ModelShape& s);
void read_phi3(const ConfigFields& f, ModelShape& s);
void read_phi3small(const ConfigFields& f, ModelShape& s);
void read_falcon(const ConfigFields& f, ModelShape& s);
void read_stablelm(const ConfigFields& f, ModelShape& s);
void read_cohere(const ConfigFields& f, ModelShape& s);
void read_cohere2(const ConfigFields& f, ModelShape& s);
void read_glm(const ConfigFields& f, ModelShape& s);
void read_glm4(const ConfigFields& f, ModelShape& s);
void read_chatglm(const ConfigFields& f, ModelShape& s);
void read_nemotron(const ConfigFields& f, ModelShape& s);
void read_starcoder2(const ConfigFields& f, ModelShape& s);
void read_openelm(const ConfigFields& f, ModelShape& s);

}  // namespace weighin
