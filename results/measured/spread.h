// How sure the seconds of a measurement are, and how far two sizes lie apart.
#pragma once

#include "results/records/measurement.h"

namespace weighin {

/// How far a time may be off to either side, relative to the time.
struct Spread {
  double slower = 0;
  double faster = 0;
};

/// The spread of a measurement, cut off at its fastest and its slowest sample. An interruption by another
/// program makes one sample long, but it does not mean that the machine may also be that much faster.
Spread spread_of(const Measurement& measurement);

/// The distance of two sizes: of their logarithms, so that half and double are alike.
double away(double a, double b);

}  // namespace weighin
