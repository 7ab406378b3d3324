#include "harness/engines/served_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harness/engines/llama_server.h"
#include "harness/engines/lm_studio.h"
#include "harness/engines/ollama.h"

namespace weighin {
namespace {

/// Asked in this order where a URL does not say which engine it is. llama-server is last: the others may
/// answer some of its paths.
constexpr std::array<const ServedEngine*, 3> engines{&ollama, &lm_studio, &llama_server};

/// Short words that most tokenizers know as one token.
constexpr std::array<const char*, 64> words{
    "time",     "year",    "people",   "way",    "day",        "man",    "thing",   "woman",
    "life",     "child",   "world",    "school", "state",      "family", "student", "group",
    "country",  "problem", "hand",     "part",   "place",      "case",   "week",    "company",
    "system",   "program", "question", "work",   "government", "number", "night",   "point",
    "home",     "water",   "room",     "mother", "area",       "money",  "story",   "fact",
    "month",    "lot",     "right",    "study",  "book",       "eye",    "job",     "word",
    "business", "issue",   "side",     "kind",   "head",       "house",  "service", "friend",
    "father",   "power",   "hour",     "game",   "line",       "end",    "member",  "law"};

/// A linear congruential generator (Numerical Recipes, 2nd edition, chapter 7.1); its high bits are used.
uint32_t next(uint32_t& state) {
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

}  // namespace

std::span<const ServedEngine* const> served_engines() {
  return engines;
}

tl::expected<CompletionTimes, HttpFailure> complete(const ServedEngine& engine, const LoopbackServer& server,
                                                    const CompletionRequest& request,
                                                    const Patience& patience) {
  uint32_t words = 0;
  if (!engine.takes_tokens || request.vocabulary == 0)
    words = std::max(1U, static_cast<uint32_t>(request.prompt / request.tokens_per_word));
  const std::string path(engine.completion_path);
  const auto answer = post_json(server, path, engine.completion_body(request, words), patience);
  if (!answer) return tl::unexpected(answer.error());
  auto times = engine.read_times(*answer);
  if (!times) return tl::unexpected(lacks(server, path, times.error()));
  times->prompt_words = words;
  return *times;
}

uint32_t after_first(uint64_t tokens) {
  return static_cast<uint32_t>(std::max<uint64_t>(tokens, 1) - 1);
}

std::string prompt_text(uint32_t number, uint32_t count) {
  uint32_t state = number * 2654435761u;  // far apart for neighbouring numbers (Knuth, 6.4)
  std::string text = words[number % words.size()];
  for (uint32_t i = 1; i < count; ++i) text += fmt::format(" {}", words[next(state) % words.size()]);
  return text;
}

std::vector<uint32_t> prompt_tokens(uint32_t number, uint32_t count, uint32_t vocabulary) {
  uint32_t state = number * 2654435761u;
  std::vector<uint32_t> tokens;
  for (uint32_t i = 0; i < count; ++i) tokens.push_back(next(state) % vocabulary);
  if (!tokens.empty()) tokens[0] = number % vocabulary;
  return tokens;
}

HttpFailure lacks(const LoopbackServer& server, const std::string& path, const std::string& what) {
  return {.kind = HttpFailure::Kind::no_json,
          .status = 200,
          .said = "",
          .text = fmt::format("{}{}: the answer has no {}", server.origin, path, what)};
}

}  // namespace weighin
