// Options that several commands have. Each is declared here once, so that its meaning, its default and its
// help are the same everywhere.
#pragma once

#include <cstdint>
#include <string>

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// --db, the database of measurements. Like --json and --csv it may also stand before the command's name.
void add_database(Command command, Invocation& invocation);
/// --json; `note` ends its help.
Option add_json(Command command, Invocation& invocation, const std::string& note = "");
/// --json and --csv, of which one may be given. `row` is what one row of the CSV is: "a verdict".
void add_json_and_csv(Command command, Invocation& invocation, const std::string& row);

/// MODEL, which NamedModels::find reads.
void add_model(Command command, std::string& model);
/// --format, which format_called() reads. `otherwise` is the default, in words.
Option add_format(Command command, std::string& format, const std::string& otherwise);
/// --context, in tokens; 0 where it is not given, which answered_context() reads.
void add_context(Command command, uint32_t& context);
/// --threads; 0 where it is not given, which is as many as are usable.
void add_threads(Command command, uint32_t& threads);
/// --label: what this machine is called in the database.
void add_label(Command command, std::string& label);

/// What is wrong with `text` where it is no whole number from 1 to 2^32 - 1; else empty. For Option::check.
std::string not_tokens(const std::string& text);

}  // namespace weighin
