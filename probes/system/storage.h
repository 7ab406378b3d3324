// The disk where models would live.
#pragma once

#include <filesystem>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Where models would be kept, for the storage probe: an existing folder or the nearest existing parent is
/// used.
std::filesystem::path models_folder(const Host& host);

/// File system and free space of models_folder(). Nothing is created and nothing measured.
void probe_storage(const Host& host, Machine& machine);

/// Reads a temporary file of at most 256 MiB, written below `folder` for that and removed after, past the
/// page cache; bytes per second. At most a quarter of the free space is written. Absent with the reason when
/// there is room for less than 16 MiB or the file system refuses.
Fact<double> measure_storage(const std::filesystem::path& folder);

}  // namespace weighin
