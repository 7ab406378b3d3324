// Measures in child processes what may crash or hang: a GPU's driver, an engine's library. A child that ends
// too early costs the item that it had begun, and another goes on without that item.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/child/event.h"
#include "probes/host/host.h"

namespace weighin {

/// What follows from an event of a child.
enum class AfterEvent : uint8_t {
  next,       // the child goes on
  item_done,  // so it does, and the item that it had begun is not to blame if it ends now
  enough,     // there is nothing more to measure: the child is ended
};

struct ChildWork {
  std::string command;                              // the hidden subcommand of this program
  std::string what;                                 // what may fail there, for messages: "the driver"
  double budget_s = 0;                              // of all children together
  std::chrono::milliseconds silence{0};             // a child that says nothing for so long hangs
  std::function<std::string(double budget_s)> job;  // the argument of the next child, with the budget left
  std::function<bool()> stop;                       // says that the user wants to stop
  /// Takes an event. Error: the store's, which ends the work.
  std::function<tl::expected<AfterEvent, std::string>(const ChildEvent&)> take;
  /// Keeps that `item` failed, and leaves it out of later jobs. Error: the store's.
  std::function<tl::expected<void, std::string>(size_t item, const std::string& reason)> keep_failure;
};

/// Runs children, one after the other, until one finishes. Returns why the others ended. Error: the store's.
tl::expected<std::vector<std::string>, std::string> run_children(const Host& host, const ChildWork& work);

}  // namespace weighin
