#include "results/records/measurement.h"

#include <cmath>

namespace weighin {

std::string_view status_name(Status status) {
  switch (status) {
    case Status::measured:
      return "measured";
    case Status::unsupported:
      return "unsupported";
    case Status::skipped:
      return "skipped";
    case Status::failed:
      return "failed";
    case Status::wrong:
      return "wrong";
  }
  return "";
}

bool usable(const Measurement& measurement) {
  return measurement.status == Status::measured && std::isfinite(measurement.seconds) &&
         measurement.seconds > 0;
}

}  // namespace weighin
