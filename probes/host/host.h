// The world that a probe reads. It is injected, so that the tests run every probe over recorded machines.
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
  int exit_code = -1;  // -1: it did not exit by itself
  int signal = 0;      // the signal that ended it; 0: none
  bool timed_out = false;
  bool interrupted = false;  // stop_running_process() was called while it ran
  std::string output;        // standard output, at most 1 MiB
  /// The peak resident memory of the program or of one that it waited for. 0: not known, because it is no
  /// more than this program itself once held, and a child inherits that as its own peak.
  uint64_t peak_resident_bytes = 0;
};

/// Takes a line without its line end. If it returns false, the program that wrote the line is ended.
using LineReader = std::function<bool(const std::string& line)>;

struct Host {
  /// The folder below which /proc, /sys and /etc are found: "/", or a recorded tree.
  std::filesystem::path root = "/";
  /// True on the machine itself, where cpuid, system calls and hwloc's live discovery answer.
  bool live = true;
  /// This program's own file. It is run again as a child for what may crash (Vulkan's drivers). Empty: no
  /// child can be run.
  std::filesystem::path program;
  /// Runs a program with a time limit (probes/host/process.h). Standard error is discarded. Error: why it
  /// could not be started.
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

  /// The text of a file, without white space at its end. Error: the path and the system's reason.
  tl::expected<std::string, std::string> read(const std::filesystem::path& absolute_path) const;

  /// The place of `absolute_path` below `root`.
  std::filesystem::path at(const std::filesystem::path& absolute_path) const;

  /// True if the file or folder exists. False also if it may not be looked at.
  bool exists(const std::filesystem::path& absolute_path) const;

  /// The names in a folder, sorted. Empty if there is no such folder or it may not be read.
  std::vector<std::string> list(const std::filesystem::path& absolute_path) const;
};

/// The machine that this program runs on.
Host this_host();

/// A recorded machine: files below `root`, no processes, no environment, not live.
Host recorded_host(std::filesystem::path root);

}  // namespace weighin
