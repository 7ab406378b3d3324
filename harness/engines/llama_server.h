// llama.cpp's llama-server: tools/server/README.md of its repository.
#pragma once

#include "harness/engines/served_engine.h"

namespace weighin {

extern const ServedEngine llama_server;

}  // namespace weighin
