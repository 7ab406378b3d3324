// The hidden commands with which this program runs itself as a child that measures.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "harness/child/event.h"
#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Measures what a job, one line of JSON, asks for, and tells of it. Error: what is wrong with the job.
using ChildMeasuring = std::function<tl::expected<void, std::string>(
    const std::string& job, const std::function<void(const ChildEvent&)>& tell)>;

/// Adds the command `name JOB`, which prints each event at once.
Command add_child_command(Command program, Invocation& invocation, const char* name, const char* description,
                          ChildMeasuring measure);

}  // namespace weighin
