// The kinds of cores that a processor has: performance, efficiency, and what lies between.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// One core as the topology shows it.
struct CoreThreads {
  std::vector<uint32_t> threads;  // their numbers in Linux
  bool has_l3 = false;
  std::string type;  // "IntelCore" or "IntelAtom" where cpuid told it; empty otherwise
};

/// The kinds of `cores`, the most powerful first; a single row "core" where all are alike. Cores differ in
/// kind where Linux or cpuid names kinds of Intel's cores; by their microarchitecture (ARM's MIDR); and,
/// within one microarchitecture, by a step in capacity or highest frequency of a quarter or more. Favoured
/// cores, whose turbo frequency is some percent higher, are no kind of their own.
std::vector<CoreKind> core_kinds(const Host& host, const std::vector<CoreThreads>& cores);

}  // namespace weighin
