// The store's tables of GPUs.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <vector>

#include "results/store.h"

namespace weighin {

/// Replaces the GPUs of `device`. Throws as SQLiteCpp does.
void put_gpus(SQLite::Database& database, const std::string& device, const std::vector<StoredGpu>& gpus);

/// Those of `device`, by name. Throws as SQLiteCpp does.
std::vector<StoredGpu> stored_gpus(SQLite::Database& database, const std::string& device);

}  // namespace weighin
