// Progress of a run on standard error: one line rewritten on a terminal, a plain line now and then elsewhere.
#pragma once

#include "harness/timing/runner.h"

namespace weighin {

class ProgressLine {
 public:
  /// Looks at standard error: a terminal or not, and how wide; colour unless NO_COLOR is set (no-color.org).
  ProgressLine();
  /// Takes the line away.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const RunProgress& progress);

 private:
  bool terminal_ = false, colour_ = false, shown_ = false;
  size_t columns_ = 80;
  double next_s_ = 0;  // when the next line is due
  size_t next_tenth_ = 0;
};

}  // namespace weighin
