// Times as the database and the reports write them.
#pragma once

#include <chrono>
#include <string>

namespace weighin {

/// UTC to the second, ISO 8601: "2026-11-24T09:30:00Z".
std::string utc_text(std::chrono::system_clock::time_point time);

}  // namespace weighin
