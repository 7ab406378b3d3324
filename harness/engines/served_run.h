// An engine that runs as a server: found, asked for a model, and timed by its own counters.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "harness/engines/engines.h"
#include "harness/engines/served_engine.h"

namespace weighin {

/// Whether `word`, given as --engine, means a server and not a command: an engine's word or a URL.
bool names_a_server(const std::string& word);

/// The server that `word` means: "ollama", "lmstudio", "llama-server", or the URL of one of them. Empty: the
/// first one that listens. Error: which addresses were asked, what answered there, and how to start it.
tl::expected<ServedTarget, std::string> find_server(const Host& host, const std::string& word);

/// The model of the server that is meant by `word`, which is the server's own name of it, a file, or a name
/// that means the same model of the catalogue. Where there are several quantizations, `format` decides; empty
/// takes the first. Error: there is none, with those that there are.
tl::expected<ServedModel, std::string> choose_served_model(const ServedTarget& target,
                                                           const std::string& word,
                                                           const std::string& format);

/// Makes the server load `target.model` and reads back what it loaded. Error: the server's own, or that it
/// loaded something else.
tl::expected<ServedModel, std::string> load_served_model(const ServedTarget& target,
                                                         const EngineRequest& request);

/// Runs the tests of `request` on the server, each after an untimed one. Every prompt is another one, so
/// that none is taken from the server's cache. Error: as the engine's functions, or a test that has too few
/// tokens to be one.
tl::expected<EngineReport, std::string> run_served(const ServedTarget& target, const EngineRequest& request);

}  // namespace weighin
