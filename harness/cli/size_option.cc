#include "harness/cli/size_option.h"

namespace weighin {

Units byte_units() {
  return {.factors = {{"B", 1},
                      {"KB", 1e3},
                      {"MB", 1e6},
                      {"GB", 1e9},
                      {"TB", 1e12},
                      {"KiB", 1024},
                      {"MiB", 1048576},
                      {"GiB", 1073741824},
                      {"TiB", 1099511627776}},
          .name = "SIZE"};
}

}  // namespace weighin
