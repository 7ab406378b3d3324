// The progress of a run on standard error: one line that is rewritten on a terminal, and a plain line now and
// then elsewhere.
#pragma once

#include "harness/timing/runner.h"

namespace weighin {

class ProgressLine {
 public:
  /// Finds out whether standard error is a terminal, and how wide. There is no colour where NO_COLOR is set
  /// (no-color.org).
  ProgressLine();
  /// Clears the line.
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
