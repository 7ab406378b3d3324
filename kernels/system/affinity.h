// Which processors the operating system lets a thread run on.
#pragma once

#include <span>
#include <vector>

namespace weighin {

/// The system's numbers of processors are below this (Linux: CPU_SETSIZE).
inline constexpr int most_processors = 1024;

/// The processors that the calling thread may run on, by the system's numbers, rising. Empty: the system does
/// not say.
std::vector<int> allowed_processors();

/// Lets the calling thread run on `processors` alone. Some sandboxes refuse that: then the system goes on
/// placing the thread as it likes.
void pin_to(std::span<const int> processors);

}  // namespace weighin
