// LM Studio: its REST API v0 (lmstudio.ai/docs, 1_developer/2_rest/endpoints).
#pragma once

#include "harness/engines/served_engine.h"

namespace weighin {

extern const ServedEngine lm_studio;

}  // namespace weighin
