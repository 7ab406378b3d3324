#include "results/measurement.h"

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

}  // namespace weighin
