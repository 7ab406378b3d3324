// Engines as peers: real inference programs, run as they are. An adapter is any command that takes
// llama-bench's options (-m FILE -p N -n N -d N -t N -r N -o json) and prints llama-bench's JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/served_engine.h"
#include "probes/host/host.h"

namespace weighin {

/// One test of llama-bench: a prompt, or tokens one by one.
struct EngineTest {
  uint32_t prompt = 0, generated = 0, depth = 0;  // tokens
  std::vector<double> tps;                        // tokens/s of each repetition
};

/// What an engine printed. Texts are empty where it says nothing.
struct EngineReport {
  std::string engine;       // "llama.cpp"
  std::string build;        // version, and the adapter's own
  std::string backend;      // "CPU", "CUDA,CPU"
  std::string cpu_variant;  // which build of its CPU kernels was loaded
  std::string gpu;
  std::string model_type;
  uint64_t model_bytes = 0;
  uint32_t threads = 0;
  bool mmap = true;
  uint64_t peak_resident_bytes = 0;  // 0: not known
  /// The share of the model in the memory of GPUs. Nothing: the engine does not say.
  std::optional<double> gpu_share = 0;
  std::vector<EngineTest> tests;
};

/// What is asked of an engine.
struct EngineRequest {
  std::string command;  // a shell command; the options are put behind it
  std::string model;    // GGUF file
  uint32_t prompt = 512, generated = 32, depth = 0, threads = 1, repetitions = 3;
  std::chrono::milliseconds limit{0};
  std::string folder;  // for what it says on standard error
  // Of an engine that runs as a server:
  std::optional<ServedTarget> served;  // then `command` and `model` are not used
  uint32_t asked_threads = 0;          // threads that the user asked for; 0: as the server chooses
  uint32_t context = 0;                // tokens that the server is to have room for; 0: as it chooses
  uint32_t first_prompt = 0;           // the number of the first prompt; each further one has the next number
  std::function<bool()> stop;          // says that the user wants to stop
};

/// The command to run: `given`, or llama-bench on the PATH, or scripts/engines/node-llama-cpp above or beside
/// this program. Error: none is there, and how to get one.
tl::expected<std::string, std::string> engine_command(const Host& host, const std::string& given);

/// `word` as one word of a shell command.
std::string quoted(const std::string& word);

/// Whether a file called `program` is in one of the folders of PATH.
bool on_path(const Host& host, const std::string& program);

/// The file `name` of scripts/, in a folder above this program or beside it; empty where there is none.
std::filesystem::path beside_program(const Host& host, const std::string& name);

/// Reads llama-bench's JSON. Error: what is wrong with it.
tl::expected<EngineReport, std::string> read_bench_json(const std::string& text);

/// Runs the engine with a time limit; it and its children are gone afterwards. Error: that it could not be
/// started, hung, crashed, failed (with its last words) or printed something else.
tl::expected<EngineReport, std::string> run_engine(const Host& host, const EngineRequest& request);

}  // namespace weighin
