#include "harness/cli/measure/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "harness/cli/invocation.h"

namespace weighin {
namespace {

/// Seconds between two rewritten lines on a terminal. Elsewhere a line is printed at each tenth of the items,
/// and at least every `plain_s`.
constexpr double rewrite_s = 0.1, plain_s = 15;

std::string words(const RunProgress& p) {
  const double tenths = p.items ? 100.0 * static_cast<double>(p.done) / static_cast<double>(p.items) : 100;
  return p.phase == RunProgress::Phase::measuring
             ? fmt::format("{:3.0f}%  {} of {} measured, at most {:.0f} s left", std::floor(tenths), p.done,
                           p.items, std::ceil(p.left_s))
             : fmt::format("all {} measured once; narrowing intervals, at most {:.0f} s left", p.items,
                           std::ceil(p.left_s));
}

}  // namespace

ProgressLine::ProgressLine() {
  terminal_ = isatty(STDERR_FILENO) != 0;
  const char* no_colour = std::getenv("NO_COLOR");
  colour_ = terminal_ && !(no_colour && *no_colour);
  columns_ = terminal_columns(STDERR_FILENO, 80);
}

ProgressLine::~ProgressLine() {
  if (terminal_ && shown_) std::fputs("\r\x1b[K", stderr);
}

void ProgressLine::show(const RunProgress& progress) {
  const size_t tenth = progress.items ? 10 * progress.done / progress.items : 10;
  const bool due = progress.elapsed_s >= next_s_ || (!terminal_ && tenth >= next_tenth_ && tenth < 10);
  if (!due) return;
  next_s_ = progress.elapsed_s + (terminal_ ? rewrite_s : plain_s);
  next_tenth_ = tenth + 1;
  const std::string text = words(progress);
  if (!terminal_) {
    fmt::print(stderr, "{}\n", text);
    return;
  }
  const size_t room = columns_ > text.size() + 4 ? columns_ - text.size() - 4 : 0;
  const std::string what = progress.what.substr(0, room);
  fmt::print(stderr, "\r\x1b[K{}  {}{}{}", text, colour_ ? "\x1b[2m" : "", what, colour_ ? "\x1b[0m" : "");
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace weighin
