// A run: one time that a device was measured, and with which program.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weighin {

/// The provenance of the numbers of a run.
struct Run {
  int64_t id = 0;
  std::string device;
  std::string program_version;
  std::string compiler;
  std::string build;
  std::string options;  // the command line's options, no paths
  std::string started_at;
  std::string ended_at;  // empty while it goes on, or when it was killed
  std::string outcome;   // "finished", "budget", "interrupted"; empty as above
  std::vector<std::string> warnings;
};

}  // namespace weighin
