// Which of the CPU's kernels a race found fastest.
#pragma once

#include <string>

#include "kernels/problem/problem.h"

namespace weighin {

/// What a race between the kernels for one operation and format found on a device.
struct KernelRace {
  std::string device;  // id
  Op op = Op::gemv;
  FormatId format = FormatId::none;
  std::string kernel;     // the winner
  std::string runner_up;  // the next fastest
  double margin = 0;      // how much longer the next fastest takes than the winner: 0.2 for 1.2 times as long
  double seconds = 0;     // of the race's problem, by the winner
  std::string raced_at;
};

}  // namespace weighin
