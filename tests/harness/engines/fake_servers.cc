#include "tests/harness/engines/fake_servers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "harness/engines/served_run.h"
#include "tests/expect_words.h"

namespace weighin {
namespace {

json timings(uint64_t cached, uint64_t prompt, uint64_t generated) {
  return {{"cache_n", cached},
          {"prompt_n", prompt},
          {"prompt_ms", 4.0 * static_cast<double>(prompt)},
          {"predicted_n", generated},
          {"predicted_ms", 20.0 * static_cast<double>(generated - 1)}};
}

}  // namespace

uint64_t words_in(const std::string& text) {
  return static_cast<uint64_t>(std::count(text.begin(), text.end(), ' ')) + 1;
}

void be_ollama(FakeServer& server, double on_gpu) {
  server.on("/api/version", json{{"version", "0.40.12"}});
  const json details{
      {"format", "gguf"}, {"family", "llama"}, {"parameter_size", "134.52M"}, {"quantization_level", "Q4_0"}};
  const uint64_t size = 91727840;
  server.on("/api/tags", json{{"models", json::array({json{{"name", "smollm2:135m"},
                                                           {"model", "smollm2:135m"},
                                                           {"size", size},
                                                           {"digest", "9077fe9d2ae1"},
                                                           {"details", details}}})}});
  server.on("/api/show", json{{"modelfile", "# a Modelfile\nFROM /nowhere/blobs/sha256-9077\nTEMPLATE x"}});
  server.on("/api/ps", json{{"models", json::array({json{{"name", "smollm2:135m"},
                                                         {"model", "smollm2:135m"},
                                                         {"size", size},
                                                         {"details", details},
                                                         {"expires_at", "2026-11-30T14:38:31.83753-07:00"},
                                                         {"size_vram", static_cast<uint64_t>(on_gpu * size)},
                                                         {"context_length", 4096}}})}});
  server.on("/api/generate", [](const json& asked, httplib::Response& response) {
    const uint64_t words = words_in(asked["prompt"]), tokens = words * 5 / 4;
    const uint64_t generated = asked["options"]["num_predict"];
    const json answer{{"model", asked["model"]},
                      {"created_at", "2026-08-04T19:22:45.499127Z"},
                      {"response", "..."},
                      {"done", true},
                      {"total_duration", 5043500667},
                      {"load_duration", 5025959},
                      {"prompt_eval_count", tokens},
                      {"prompt_eval_duration", tokens * 10'000'000},
                      {"eval_count", generated},
                      {"eval_duration", (generated - 1) * 50'000'000}};
    response.set_content(answer.dump(), "application/json");
  });
}

void be_lm_studio(FakeServer& server, const std::string& runtime) {
  server.on("/api/v0/models", json{{"object", "list"},
                                   {"data", json::array({json{{"id", "text-embedding-nomic-embed-text-v1.5"},
                                                              {"type", "embeddings"},
                                                              {"state", "not-loaded"},
                                                              {"quantization", "Q4_0"}},
                                                         json{{"id", "smollm2-135m-instruct"},
                                                              {"object", "model"},
                                                              {"type", "llm"},
                                                              {"publisher", "lmstudio-community"},
                                                              {"arch", "llama"},
                                                              {"compatibility_type", "gguf"},
                                                              {"quantization", "Q8_0"},
                                                              {"state", "loaded"},
                                                              {"max_context_length", 8192}}})}});
  server.on("/api/v0/completions", [runtime](const json& asked, httplib::Response& response) {
    const uint64_t prompt = words_in(asked["prompt"]), generated = asked["max_tokens"];
    const json answer{
        {"id", "cmpl-p9rtxv6fky2v9k8jrd8cc"},
        {"object", "text_completion"},
        {"model", asked["model"]},
        {"choices", json::array({json{{"index", 0}, {"text", "..."}, {"finish_reason", "length"}}})},
        {"usage",
         {{"prompt_tokens", prompt}, {"completion_tokens", generated}, {"total_tokens", prompt + generated}}},
        {"stats",
         {{"tokens_per_second", 57.5},
          {"time_to_first_token", 0.002 * static_cast<double>(prompt)},
          {"generation_time", 0.156},
          {"stop_reason", "maxPredictedTokensReached"}}},
        {"model_info", {{"arch", "llama"}, {"quant", "Q8_0"}, {"format", "gguf"}, {"context_length", 4096}}},
        {"runtime", {{"name", runtime}, {"version", "1.3.0"}, {"supported_formats", json::array({"gguf"})}}}};
    response.set_content(answer.dump(), "application/json");
  });
}

void be_llama_server(FakeServer& server, uint64_t cached) {
  server.on("/props",
            json{{"default_generation_settings", {{"params", {{"n_predict", -1}}}, {"n_ctx", 2048}}},
                 {"total_slots", 4},
                 {"model_alias", "/models/smollm2-135m-q4_0.gguf"},
                 {"model_ftype", "Q4_0"},
                 {"model_path", "/models/smollm2-135m-q4_0.gguf"},
                 {"chat_template", "..."},
                 {"build_info", "b11669-Debian"}});
  server.on("/v1/models", json{{"object", "list"},
                               {"data", json::array({json{{"id", "/models/smollm2-135m-q4_0.gguf"},
                                                          {"object", "model"},
                                                          {"owned_by", "llamacpp"},
                                                          {"meta",
                                                           {{"n_vocab", 49152},
                                                            {"n_ctx", 2048},
                                                            {"n_params", 134515008},
                                                            {"size", 89941248},
                                                            {"ftype", "Q4_0"}}}}})}});
  server.on("/completion", [cached](const json& asked, httplib::Response& response) {
    const uint64_t prompt = asked["prompt"].size(), generated = asked["n_predict"];
    const json answer{{"index", 0},
                      {"content", "..."},
                      {"stop", true},
                      {"stop_type", "limit"},
                      {"tokens_evaluated", prompt},
                      {"timings", timings(cached, prompt - std::min(cached, prompt - 1), generated)}};
    response.set_content(answer.dump(), "application/json");
  });
}

Host host_with(const std::map<std::string, std::string>& variables) {
  Host host = this_host();
  host.environment = [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return host;
}

EngineRequest small_request() {
  EngineRequest request;
  request.limit = std::chrono::seconds(20);
  request.prompt = 100;
  request.generated = 10;
  request.repetitions = 2;
  request.first_prompt = 7;
  return request;
}

tl::expected<EngineReport, std::string> run_at(const std::string& url, const std::string& model,
                                               const EngineRequest& request, const std::string& format) {
  auto target = find_server(host_with({}), url);
  if (!target) return tl::unexpected(target.error());
  auto chosen = choose_served_model(*target, model, format);
  if (!chosen) return tl::unexpected(chosen.error());
  target->model = *chosen;
  auto loaded = load_served_model(*target, request);
  if (!loaded) return tl::unexpected(loaded.error());
  target->model = *loaded;
  return run_served(*target, request);
}

void expect_error(const tl::expected<EngineReport, std::string>& report,
                  const std::vector<std::string>& words) {
  ASSERT_FALSE(report);
  for (const std::string& word : words) expect_words(report.error(), {word.c_str()});
}

}  // namespace weighin
