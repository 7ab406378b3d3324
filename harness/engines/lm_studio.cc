#include "harness/engines/lm_studio.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "models/text/json_value.h"
#include "models/text/letters.h"

namespace weighin {
namespace {

using nlohmann::json;

constexpr std::array ports{1234};

std::string text_of(const json& object, const char* key) {
  return json_field<std::string>(object, key).value_or("");
}

bool is_list_of_models(const json& answer) {
  const auto list = answer.is_object() ? answer.find("data") : answer.end();
  return list != answer.end() && list->is_array() &&
         std::all_of(list->begin(), list->end(),
                     [](const json& row) { return row.is_object() && row.contains("state"); });
}

bool answers(const LoopbackServer& server, const Patience& patience) {
  const auto answer = get_json(server, "/api/v0/models", patience);
  // A server that wants a key is this one too: no other engine has the path.
  if (!answer) return answer.error().status == 401;
  return is_list_of_models(*answer);
}

ServedModel model_of(const json& row) {
  ServedModel model{.name = text_of(row, "id")};
  model.quantization = text_of(row, "quantization");
  model.context = static_cast<uint32_t>(json_field<uint64_t>(row, "loaded_context_length").value_or(0));
  return model;
}

tl::expected<std::vector<ServedModel>, HttpFailure> models(const LoopbackServer& server,
                                                           const Patience& patience) {
  const auto answer = get_json(server, "/api/v0/models", patience);
  if (!answer) return tl::unexpected(answer.error());
  if (!is_list_of_models(*answer)) return tl::unexpected(lacks(server, "/api/v0/models", "list of models"));
  std::vector<ServedModel> models;
  for (const json& row : (*answer)["data"])
    if (text_of(row, "type") != "embeddings") models.push_back(model_of(row));
  return models;
}

/// LM Studio does not say how much of a model lies on a GPU. The runtime's name says whether it knows GPUs:
/// "llama.cpp-linux-x86_64-avx2" does not.
std::optional<double> gpu_share_of(const std::string& runtime) {
  if (runtime.empty()) return std::nullopt;
  const std::string name = lower_case(runtime);
  for (const char* gpu : {"cuda", "vulkan", "metal", "rocm", "mlx"})
    if (name.find(gpu) != std::string::npos) return std::nullopt;
  return 0;
}

json completion_body(const CompletionRequest& request, uint32_t words) {
  return {{"model", request.model},
          {"prompt", prompt_text(request.number, words)},
          {"max_tokens", request.generated + 1},
          {"temperature", 0},
          {"stream", false}};
}

tl::expected<CompletionTimes, std::string> read_times(const json& answer) {
  const auto usage = answer.find("usage"), stats = answer.find("stats");
  if (usage == answer.end() || stats == answer.end()) return tl::unexpected(std::string("usage and stats"));
  const auto prompt = json_field<uint64_t>(*usage, "prompt_tokens");
  const auto tokens = json_field<uint64_t>(*usage, "completion_tokens");
  const auto first_s = json_field<double>(*stats, "time_to_first_token");
  const auto rate = json_field<double>(*stats, "tokens_per_second");
  if (!prompt || !tokens) return tl::unexpected(std::string("prompt_tokens and completion_tokens"));
  if (!first_s || !rate) return tl::unexpected(std::string("time_to_first_token and tokens_per_second"));
  CompletionTimes times{.prompt_tokens = static_cast<uint32_t>(*prompt),
                        .prompt_s = *first_s,
                        .decoded_tokens = after_first(*tokens),
                        .version = ""};
  times.decode_s = *rate > 0 ? times.decoded_tokens / *rate : 0;
  if (const auto runtime = answer.find("runtime"); runtime != answer.end())
    times.version = text_of(*runtime, "name") + " " + text_of(*runtime, "version");
  return times;
}

tl::expected<ServedModel, HttpFailure> loaded(const LoopbackServer& server, const ServedModel& asked,
                                              const Patience& patience) {
  // What is loaded stands in the answer to a completion.
  const json body{{"model", asked.name}, {"prompt", "a"}, {"max_tokens", 1}, {"stream", false}};
  const auto answer = post_json(server, "/api/v0/completions", body, patience);
  if (!answer) return tl::unexpected(answer.error());
  const auto listed = models(server, patience);
  if (!listed) return tl::unexpected(listed.error());
  const auto found = std::find_if(listed->begin(), listed->end(),
                                  [&](const ServedModel& model) { return model.name == asked.name; });
  ServedModel model = found == listed->end() ? asked : *found;
  model.name = text_of(*answer, "model");
  if (const auto info = answer->find("model_info"); info != answer->end()) {
    if (const std::string quantization = text_of(*info, "quant"); !quantization.empty())
      model.quantization = quantization;
    if (const auto context = json_field<uint64_t>(*info, "context_length"))
      model.context = static_cast<uint32_t>(*context);
  }
  if (const auto runtime = answer->find("runtime"); runtime != answer->end()) {
    model.gpu_share = gpu_share_of(text_of(*runtime, "name"));
    model.version = text_of(*runtime, "name") + " " + text_of(*runtime, "version");
  }
  return model;
}

}  // namespace

constinit const ServedEngine lm_studio{
    .word = "lmstudio",
    .name = "LM Studio",
    .program = "",
    .start = "start its server with `lms server start`, or name its address as --engine URL",
    .address = "",
    .port = "",
    .key = "LM_API_TOKEN",
    .ports = ports,
    .takes_threads = false,
    .takes_tokens = false,
    .completion_path = "/api/v0/completions",
    .answers = answers,
    .models = models,
    .loaded = loaded,
    .completion_body = completion_body,
    .read_times = read_times};

}  // namespace weighin
