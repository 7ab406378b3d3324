// The disk on which models would be kept.
#pragma once

#include <filesystem>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// The folder in which models would be kept, or its nearest parent that exists.
std::filesystem::path models_folder(const Host& host);

/// Reads the file system and the free space of models_folder(). Creates and measures nothing.
void probe_storage(const Host& host, Machine& machine);

/// Measures how fast a temporary file below `folder` is read past the page cache, in bytes/s. The file has at
/// most 256 MiB and at most a quarter of the free space, and is removed afterwards. Absent, with the reason,
/// if there is room for less than 16 MiB or the file system refuses.
Fact<double> measure_storage(const std::filesystem::path& folder);

}  // namespace weighin
