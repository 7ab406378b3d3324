// Engines that run as servers on this machine and are asked over HTTP: one file and a row each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/loopback_http.h"

namespace weighin {

/// A model as a server offers it, or as it has loaded it. What the server does not say is empty or 0.
struct ServedModel {
  std::string name;          // as the server calls it, such as "llama3.2:1b"
  std::string file;          // the GGUF file on this machine
  std::string quantization;  // such as "Q4_K_M"
  uint64_t bytes = 0;        // of the loaded model
  uint32_t context = 0;      // tokens that the KV cache has room for
  uint32_t vocabulary = 0;   // number of token ids
  std::string version;       // of the engine, or of the runtime that it runs the model with
  /// The share of the model that lies in the memory of GPUs. Nothing: the server does not say.
  std::optional<double> gpu_share;
};

/// One completion that is asked for.
struct CompletionRequest {
  std::string model;           // the server's name of it
  uint32_t prompt = 0;         // tokens that the prompt should have, at least 1
  double tokens_per_word = 1;  // of the model's tokenizer, for engines that take texts alone
  uint32_t generated = 0;      // tokens to decode after the one that the prompt gives
  uint32_t number = 0;         // a number of its own, so that no two prompts begin alike
  uint32_t threads = 0;        // 0: as the server chooses
  uint32_t context = 0;        // 0: as the server chooses
  uint32_t vocabulary = 0;     // as in ServedModel
};

/// What the server's own counters say of a completion.
struct CompletionTimes {
  uint32_t prompt_words = 0;   // of the text that was sent; 0: tokens were sent
  uint32_t prompt_tokens = 0;  // that were computed, and not taken from a cache
  double prompt_s = 0;
  uint32_t decoded_tokens = 0;  // one by one, after the first
  double decode_s = 0;
  std::string version;  // of the runtime, where the answer alone says it
};

/// The functions of one engine. `Patience` limits the whole of what each of them asks.
struct ServedEngine {
  std::string_view word;       // after --engine: "ollama"
  std::string_view name;       // as verifications keep it: "Ollama"
  std::string_view program;    // before its version there, where the name does not say it: "llama-server "
  std::string_view start;      // what to do where it does not run
  std::string_view address;    // the environment variable that names its address
  std::string_view port;       // the variable that names its port, where the address has none
  std::string_view key;        // the variable that holds the key that it may ask for
  std::span<const int> ports;  // that it listens on by default
  bool takes_threads = false;  // a request may name the number of threads
  bool takes_tokens = false;   // a prompt may be token ids, where the vocabulary's size is known
  std::string_view completion_path;  // where completions are asked for
  /// Whether this engine is what answers there.
  bool (*answers)(const LoopbackServer&, const Patience&);
  /// The models that it has.
  tl::expected<std::vector<ServedModel>, HttpFailure> (*models)(const LoopbackServer&, const Patience&);
  /// What it has loaded as `model`, after a completion made it load.
  tl::expected<ServedModel, HttpFailure> (*loaded)(const LoopbackServer&, const ServedModel& model,
                                                   const Patience&);
  /// What is posted for a completion: a prompt of so many words, or of token ids where `words` is 0.
  nlohmann::json (*completion_body)(const CompletionRequest&, uint32_t words);
  /// The counters in the answer to it. Error: which of them it lacks.
  tl::expected<CompletionTimes, std::string> (*read_times)(const nlohmann::json& answer);
};

/// Asks `engine` for a completion and returns what its counters say.
tl::expected<CompletionTimes, HttpFailure> complete(const ServedEngine& engine, const LoopbackServer& server,
                                                    const CompletionRequest& request,
                                                    const Patience& patience);

/// Of `tokens` generated ones, those after the first, which comes with the prompt: engines start the clock of
/// generated tokens when that one is there.
uint32_t after_first(uint64_t tokens);

/// A server, and the model of it that is meant.
struct ServedTarget {
  const ServedEngine* engine = nullptr;
  LoopbackServer server;
  ServedModel model;
};

/// Every engine that is known as a server.
std::span<const ServedEngine* const> served_engines();

/// The text of a prompt of `words` words. The first word depends on `number`, so that a server finds the
/// beginning of no other prompt in its cache.
std::string prompt_text(uint32_t number, uint32_t words);

/// The tokens of a prompt, each below `vocabulary`; otherwise as prompt_text().
std::vector<uint32_t> prompt_tokens(uint32_t number, uint32_t tokens, uint32_t vocabulary);

/// That an answer lacks something; for the engines' own use.
HttpFailure lacks(const LoopbackServer& server, const std::string& path, const std::string& what);

}  // namespace weighin
