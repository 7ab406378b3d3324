// The parameters of a GPU's kernel that a search found best.
#pragma once

#include <string>

namespace weighin {

/// What a search found best for a kernel on a GPU with one version of its driver.
struct GpuTuning {
  std::string gpu;  // id
  std::string driver_version;
  std::string kernel;
  std::string parameters;  // the shader's constants, separated by blanks
  double seconds = 0;      // of the problem that the search ran
  std::string tuned_at;
};

}  // namespace weighin
