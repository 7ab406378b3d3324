#include "harness/cli/size_option.h"

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

}  // namespace weighin
