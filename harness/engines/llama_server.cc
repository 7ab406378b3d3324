#include "harness/engines/llama_server.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "models/text/json_value.h"

namespace weighin {
namespace {

using nlohmann::json;

/// 8080 until the summer of 2026, 9931 since then (tools/server/README.md, --port).
constexpr std::array ports{8080, 9931};
constexpr double millisecond = 1e-3;

std::string text_of(const json& object, const char* key) {
  return json_field<std::string>(object, key).value_or("");
}

uint32_t count_of(const json& object, const char* key) {
  return static_cast<uint32_t>(json_field<uint64_t>(object, key).value_or(0));
}

bool answers(const LoopbackServer& server, const Patience& patience) {
  const auto props = get_json(server, "/props", patience);
  if (!props) return props.error().status == 401;
  return props->is_object() && (props->contains("default_generation_settings") || props->contains("role"));
}

/// A model that a server with several of them (router mode) has, and whose properties are asked by name.
bool is_routed(const json& row) {
  return row.contains("status");
}

/// Reads what /v1/models says of a loaded model. Builds of before 2026 do not say its format (ftype).
void read_meta(const json& meta, ServedModel& model) {
  model.bytes = json_field<uint64_t>(meta, "size").value_or(0);
  model.vocabulary = count_of(meta, "n_vocab");
  model.quantization = text_of(meta, "ftype");
}

tl::expected<std::vector<ServedModel>, HttpFailure> models(const LoopbackServer& server,
                                                           const Patience& patience) {
  const auto answer = get_json(server, "/v1/models", patience);
  if (!answer) return tl::unexpected(answer.error());
  const auto list = answer->is_object() ? answer->find("data") : answer->end();
  if (list == answer->end() || !list->is_array())
    return tl::unexpected(lacks(server, "/v1/models", "list of models"));
  std::vector<ServedModel> models;
  for (const json& row : *list) {
    ServedModel model{.name = text_of(row, "id")};
    if (const auto meta = row.find("meta"); meta != row.end() && meta->is_object()) {
      read_meta(*meta, model);
    }
    if (!is_routed(row)) {
      const auto props = get_json(server, "/props", patience);
      if (!props) return tl::unexpected(props.error());
      model.file = text_of(*props, "model_path");
    }
    models.push_back(std::move(model));
  }
  return models;
}

/// `text` as the value of a query: all but letters, digits and "-._~" are escaped (RFC 3986, 2.3).
std::string escaped(const std::string& text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) {
      result += c;
    } else {
      result += '%';
      result += digits[byte >> 4];
      result += digits[byte & 15];
    }
  }
  return result;
}

tl::expected<ServedModel, HttpFailure> loaded(const LoopbackServer& server, const ServedModel& asked,
                                              const Patience& patience) {
  const auto answer = get_json(server, "/v1/models", patience);
  if (!answer) return tl::unexpected(answer.error());
  const auto list = answer->is_object() ? answer->find("data") : answer->end();
  ServedModel model;
  std::string path = "/props";
  if (list != answer->end() && list->is_array())
    for (const json& row : *list) {
      if (text_of(row, "id") != asked.name) continue;
      model.name = asked.name;
      if (is_routed(row)) path += "?model=" + escaped(asked.name);
      if (const auto meta = row.find("meta"); meta != row.end() && meta->is_object()) {
        read_meta(*meta, model);
      }
    }
  if (model.name.empty()) return tl::unexpected(lacks(server, "/v1/models", "loaded model " + asked.name));
  const auto props = get_json(server, path, patience);
  if (!props) return tl::unexpected(props.error());
  model.file = text_of(*props, "model_path");
  model.version = text_of(*props, "build_info");
  if (const auto settings = props->find("default_generation_settings"); settings != props->end())
    model.context = count_of(*settings, "n_ctx");
  return model;  // it does not say how many layers lie on a GPU
}

json completion_body(const CompletionRequest& request, uint32_t words) {
  json body{{"model", request.model},
            {"n_predict", request.generated + 1},
            {"cache_prompt", false},
            {"ignore_eos", true},
            {"temperature", 0},
            {"stream", false},
            {"samplers", json::array({"top_k"})},
            {"top_k", 1}};
  if (words == 0) {
    body["prompt"] = prompt_tokens(request.number, request.prompt, request.vocabulary);
  } else {
    body["prompt"] = prompt_text(request.number, words);
  }
  return body;
}

tl::expected<CompletionTimes, std::string> read_times(const json& answer) {
  const auto timings = answer.is_object() ? answer.find("timings") : answer.end();
  if (timings == answer.end()) return tl::unexpected(std::string("timings"));
  const auto prompt_ms = json_field<double>(*timings, "prompt_ms");
  const auto tokens_ms = json_field<double>(*timings, "predicted_ms");
  const auto prompt = json_field<uint64_t>(*timings, "prompt_n");
  const auto tokens = json_field<uint64_t>(*timings, "predicted_n");
  if (!prompt_ms || !tokens_ms || !prompt || !tokens)
    return tl::unexpected(std::string("prompt_n, prompt_ms, predicted_n and predicted_ms in its timings"));
  return CompletionTimes{.prompt_tokens = static_cast<uint32_t>(*prompt),
                         .prompt_s = *prompt_ms * millisecond,
                         .decoded_tokens = after_first(*tokens),
                         .decode_s = *tokens_ms * millisecond,
                         .version = ""};
}

}  // namespace

constinit const ServedEngine llama_server{
    .word = "llama-server",
    .name = "llama.cpp",
    .program = "llama-server ",
    .start = "start it with `llama-server -m FILE.gguf`, or name its address as --engine URL",
    .address = "LLAMA_ARG_HOST",
    .port = "LLAMA_ARG_PORT",
    .key = "LLAMA_API_KEY",
    .ports = ports,
    .takes_threads = false,
    .takes_tokens = true,
    .completion_path = "/completion",
    .answers = answers,
    .models = models,
    .loaded = loaded,
    .completion_body = completion_body,
    .read_times = read_times};

}  // namespace weighin
