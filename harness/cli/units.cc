#include "harness/cli/units.h"

#include "models/text/units.h"

namespace weighin {

Units byte_units() {
  return {.factors = {{"B", 1},
                      {"KB", 1e3},
                      {"MB", 1e6},
                      {"GB", bytes_per_gb},
                      {"TB", 1e12},
                      {"KiB", 1024},
                      {"MiB", bytes_per_mib},
                      {"GiB", bytes_per_gib},
                      {"TiB", 1024 * bytes_per_gib}},
          .name = "SIZE"};
}

Units count_units() {
  return {.factors = {{"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}}, .name = "COUNT"};
}

Units rate_units() {
  return {.factors = {{"bit", 1}, {"kbit", 1e3}, {"Mbit", 1e6}, {"Gbit", 1e9}},
          .name = "RATE",
          .dropped_ending = "/s"};
}

Units time_units() {
  return {.factors = {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}}, .name = "TIME"};
}

}  // namespace weighin
