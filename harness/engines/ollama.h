// Ollama (https://ollama.com): its HTTP interface, docs/api.md of its repository.
#pragma once

#include "harness/engines/served_engine.h"

namespace weighin {

extern const ServedEngine ollama;

}  // namespace weighin
