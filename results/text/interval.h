// An interval that holds its true value 4 times in 5.
#pragma once

namespace weighin {

/// A speed or a time as an interval that holds it 4 times in 5.
struct Interval {
  double low = 0;
  double mid = 0;
  double high = 0;
};

}  // namespace weighin
