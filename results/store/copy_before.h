// A copy of a database from before a new version of the program changes its tables.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

/// The bytes that may still be written where `path` lies; the most there are where the system does not say.
uint64_t free_bytes_beside(const std::string& path);

/// Copies the database `path` beside itself, as PATH.before-vSCHEMA, and returns the copy's path. A copy of
/// an earlier time is kept: the new one's name ends in "-2" and so on then. The copy is whole or not there:
/// it is written as PATH.before-vSCHEMA.part, and renamed when it is complete and on the disk. The caller
/// holds the write lock, so that the copy is what the migration starts from. Rows that still stand in the
/// -wal file are copied too.
///
/// Error: the disk has less than twice the database's size to spare (`free_bytes`; the migration itself may
/// write every page again), the copy cannot be written, or the database cannot be read.
tl::expected<std::string, std::string> copy_before_migration(const std::string& path, int schema,
                                                             uint64_t free_bytes);

}  // namespace weighin
