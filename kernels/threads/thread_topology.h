// Where a team's threads go: a machine's processors in the order in which ranks take them, and whether they
// are alike.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace weighin {

/// A logical processor.
struct Processor {
  int cpu = 0;         // the operating system's number
  int core = 0;        // the core that it belongs to; -1: not known
  int efficiency = 0;  // how hwloc ranks the kind of its core, the higher the faster; -1: not known
};

/// Says whether a processor may be used.
using Allowed = std::function<bool(int cpu)>;

/// The allowed processors of this machine, in the order in which ranks take them: the first of each core
/// before the second of any, and the fastest kind of core first.
std::vector<Processor> processors_here(const Allowed& allowed);

/// The same for a machine that hwloc wrote down as XML. Error: what was wrong with the text.
tl::expected<std::vector<Processor>, std::string> processors_of_xml(const std::string& xml,
                                                                    const Allowed& allowed);

/// Whether the first `team` of `processors`, with a thread each, can be assumed to work equally fast: they
/// are cores of one kind, and each core has the same number of the threads.
bool alike(const std::vector<Processor>& processors, uint32_t team);

}  // namespace weighin
