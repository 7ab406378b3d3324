#include "probes/host/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <string_view>
#include <system_error>
#include <thread>

#include "models/text/units.h"

extern char** environ;

namespace weighin {

namespace {

using Clock = std::chrono::steady_clock;

/// stop_running_process() sets it; it is looked at between waits.
volatile std::sig_atomic_t stopped = 0;
/// How late a stop may be noticed. Another thread may take the signal, so that it does not interrupt a wait.
constexpr int longest_wait_ms = 100;

constexpr std::size_t kept_output_bytes = 1_mib;

/// How long a program may take to end by itself after it closed its output or nobody listens to it any more.
constexpr std::chrono::milliseconds time_to_end{2000};

// Starts the program in a process group of its own with `output` as its standard output.
tl::expected<pid_t, std::string> start(const std::vector<std::string>& arguments, int output) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t defaults;
  sigemptyset(&none);
  sigfillset(&defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int error = posix_spawnp(&child, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return tl::unexpected("Could not start " + arguments[0] + ": " +
                          std::error_code(error, std::generic_category()).message() + ".");
  }
  return child;
}

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, longest_wait_ms));
}

/// How long a program may run: until a time, or for so long without output.
struct TimeLimit {
  std::chrono::milliseconds limit;
  bool of_silence = false;
};

/// Takes what was read. If it returns false, no more is read.
using ByteReader = std::function<bool(std::string_view bytes)>;

// Reads until the end of the file, until the deadline, or until the reader returns false. True unless the
// deadline came first.
bool drain(int pipe, Clock::time_point deadline, const TimeLimit& time_limit, const ByteReader& reader) {
  std::array<char, 16384> buffer;
  while (Clock::now() < deadline && !stopped) {
    pollfd ready{pipe, POLLIN, 0};
    const int events = ::poll(&ready, 1, milliseconds_until(deadline));
    if (events < 0 && errno != EINTR) return false;
    if (events <= 0) continue;
    const ssize_t got = ::read(pipe, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    if (!reader({buffer.data(), static_cast<std::size_t>(got)})) return true;
    if (time_limit.of_silence) deadline = Clock::now() + time_limit.limit;
  }
  return false;
}

// Waits for the child until the deadline. True if it ended.
bool wait_until(pid_t child, Clock::time_point deadline, int& status, rusage& used) {
  for (;;) {
    const pid_t ended = ::wait4(child, &status, WNOHANG, &used);
    if (ended == child) return true;
    if (ended < 0 && errno != EINTR) return false;
    if (Clock::now() >= deadline || stopped) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// The child's peak in bytes; getrusage(2) reports KiB. 0 if it is no more than this program's own, which the
/// child inherited.
uint64_t peak_of(const rusage& used) {
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  return used.ru_maxrss > own.ru_maxrss ? static_cast<uint64_t>(used.ru_maxrss) << 10 : 0;
}

}  // namespace

void stop_running_process() noexcept {
  stopped = 1;
}

namespace {

tl::expected<ProcessResult, std::string> carry_out(const std::vector<std::string>& arguments,
                                                   const TimeLimit& time_limit, const ByteReader& reader) {
  if (arguments.empty())
    return tl::unexpected(std::string("Could not start a program: no program was named."));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return tl::unexpected("Could not start " + arguments[0] + ": no pipe to read its output, " +
                          std::error_code(errno, std::generic_category()).message() + ".");
  }
  const auto child = start(arguments, ends[1]);
  ::close(ends[1]);
  if (!child) {
    ::close(ends[0]);
    return tl::unexpected(child.error());
  }
  const Clock::time_point deadline = Clock::now() + time_limit.limit;
  stopped = 0;
  ProcessResult result;
  int status = 0;
  // A child may close its output and go on, or end and leave a grandchild that holds the pipe. Both are timed
  // out.
  const bool whole = drain(ends[0], deadline, time_limit, reader);
  rusage used{};
  const bool ended = wait_until(
      *child, time_limit.of_silence && whole ? Clock::now() + time_to_end : deadline, status, used);
  // The group is killed in any case, so that nothing that the program started outlives it.
  ::kill(-*child, SIGKILL);
  ::close(ends[0]);
  if (!ended) {
    while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  result.interrupted = stopped != 0;
  result.timed_out = !result.interrupted && (!whole || !ended);
  if (ended) result.peak_resident_bytes = peak_of(used);
  if (ended && WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (ended && WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

}  // namespace

tl::expected<ProcessResult, std::string> run_process(const std::vector<std::string>& arguments,
                                                     std::chrono::milliseconds limit) {
  std::string output;
  auto result = carry_out(arguments, {limit}, [&](std::string_view bytes) {
    output.append(bytes.substr(0, kept_output_bytes - output.size()));
    return true;
  });
  if (result) result->output = std::move(output);
  return result;
}

tl::expected<ProcessResult, std::string> stream_process(const std::vector<std::string>& arguments,
                                                        std::chrono::milliseconds silence,
                                                        const LineReader& on_line) {
  std::string line;
  return carry_out(arguments, {silence, true}, [&](std::string_view bytes) {
    for (const char c : bytes) {
      if (c != '\n') {
        if (line.size() < kept_output_bytes) line += c;
        continue;
      }
      if (!on_line(line)) return false;
      line.clear();
    }
    return true;
  });
}

}  // namespace weighin
