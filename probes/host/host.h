// The world a probe reads, injected so that every probe runs over recorded machines in the tests.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace weighin {

struct ProcessResult {
  int exit_code = -1;  // -1 when it did not exit by itself
  int signal = 0;      // the signal that ended it, or 0
  bool timed_out = false;
  bool interrupted = false;  // stop_running_process() was called while it ran
  std::string output;        // standard output, at most 1 MiB
  /// The most that was resident of the program or one it waited for; 0: not known, because it is no more than
  /// what this program itself once held, which a child inherits as its own peak.
  uint64_t peak_resident_bytes = 0;
};

/// Takes a line without its end; false ends the program that wrote it.
using LineReader = std::function<bool(const std::string& line)>;

struct Host {
  /// Where /proc, /sys and /etc are found: "/" or a recorded tree.
  std::filesystem::path root = "/";
  /// True on the machine itself: cpuid, sysconf, statvfs, hwloc's live discovery may be asked.
  bool live = true;
  /// This program's own file, run again as a child for what may crash (Vulkan drivers); empty: no such child.
  std::filesystem::path program;
  /// Runs a program with a time limit; standard error is discarded. Error: why it could not be started.
  std::function<tl::expected<ProcessResult, std::string>(const std::vector<std::string>& arguments,
                                                         std::chrono::milliseconds limit)>
      run_process;
  /// Runs a program and hands over its lines as they come (probes/host/process.h).
  std::function<tl::expected<ProcessResult, std::string>(const std::vector<std::string>& arguments,
                                                         std::chrono::milliseconds silence,
                                                         const LineReader& on_line)>
      stream_process;
  std::function<std::optional<std::string>(const char* name)> environment;
  std::function<std::chrono::system_clock::time_point()> now;

  /// The file's text with trailing white space removed. Error: the path and the system's reason.
  tl::expected<std::string, std::string> read(const std::filesystem::path& absolute_path) const;

  /// Where `absolute_path` of this machine lies: below `root`.
  std::filesystem::path at(const std::filesystem::path& absolute_path) const;

  /// True if there is such a file or folder; false also when it may not be looked at.
  bool exists(const std::filesystem::path& absolute_path) const;

  /// Names in a folder, sorted; empty when there is none or it may not be read.
  std::vector<std::string> list(const std::filesystem::path& absolute_path) const;
};

/// The machine the program runs on.
Host this_host();

/// A recorded machine: files below `root`, no processes, no environment, not live.
Host recorded_host(std::filesystem::path root);

}  // namespace weighin
