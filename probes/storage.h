// The disk where models would live.
#pragma once

#include "probes/machine.h"

namespace weighin {

/// File system and free space of models_folder(). Nothing is created and nothing measured.
void probe_storage(const Host& host, Machine& machine);

/// Reads a temporary file of at most 256 MiB, written below `folder` for that and removed after, past the
/// page cache; bytes per second. At most a quarter of the free space is written. Absent with the reason when
/// there is room for less than 16 MiB or the file system refuses.
Fact<double> measure_storage(const std::filesystem::path& folder);

}  // namespace weighin
