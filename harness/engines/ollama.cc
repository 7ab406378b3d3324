#include "harness/engines/ollama.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "models/text/json_value.h"

namespace weighin {
namespace {

using nlohmann::json;

constexpr std::array ports{11434};
constexpr double nanosecond = 1e-9;

bool answers(const LoopbackServer& server, const Patience& patience) {
  // LM Studio and llama-server know no such path, or answer without a version.
  const auto answer = get_json(server, "/api/version", patience);
  return answer && json_field<std::string>(*answer, "version");
}

std::string text_of(const json& object, const char* key) {
  return json_field<std::string>(object, key).value_or("");
}

/// The file that "FROM /path" of a Modelfile names; empty where it names another model.
std::string file_of(const std::string& modelfile) {
  constexpr std::string_view from = "\nFROM /";
  const size_t at = ("\n" + modelfile).find(from);
  if (at == std::string::npos) return "";
  const size_t begin = at + from.size() - 2;  // of the path, in `modelfile`
  return modelfile.substr(begin, modelfile.find('\n', begin) - begin);
}

tl::expected<std::vector<ServedModel>, HttpFailure> models(const LoopbackServer& server,
                                                           const Patience& patience) {
  const auto answer = get_json(server, "/api/tags", patience);
  if (!answer) return tl::unexpected(answer.error());
  const auto list = answer->find("models");
  if (list == answer->end() || !list->is_array()) return tl::unexpected(lacks(server, "/api/tags", "models"));
  std::vector<ServedModel> models;
  for (const json& row : *list) {
    ServedModel model{.name = text_of(row, "name")};
    model.bytes = json_field<uint64_t>(row, "size").value_or(0);
    if (const auto details = row.find("details"); details != row.end())
      model.quantization = text_of(*details, "quantization_level");
    models.push_back(std::move(model));
  }
  return models;
}

tl::expected<ServedModel, HttpFailure> loaded(const LoopbackServer& server, const ServedModel& asked,
                                              const Patience& patience) {
  const auto version = get_json(server, "/api/version", patience);
  if (!version) return tl::unexpected(version.error());
  const auto running = get_json(server, "/api/ps", patience);
  if (!running) return tl::unexpected(running.error());
  const auto list = running->find("models");
  if (list == running->end() || !list->is_array()) return tl::unexpected(lacks(server, "/api/ps", "models"));
  const auto found = std::find_if(list->begin(), list->end(), [&](const json& row) {
    return text_of(row, "name") == asked.name || text_of(row, "model") == asked.name;
  });
  if (found == list->end()) return tl::unexpected(lacks(server, "/api/ps", "loaded model " + asked.name));
  ServedModel model{.name = text_of(*found, "name")};
  model.version = text_of(*version, "version");
  model.bytes = json_field<uint64_t>(*found, "size").value_or(0);
  model.context = static_cast<uint32_t>(json_field<uint64_t>(*found, "context_length").value_or(0));
  if (const auto details = found->find("details"); details != found->end())
    model.quantization = text_of(*details, "quantization_level");
  if (const auto gpu = json_field<uint64_t>(*found, "size_vram"); gpu && model.bytes)
    model.gpu_share = static_cast<double>(*gpu) / static_cast<double>(model.bytes);
  if (const auto shown = post_json(server, "/api/show", {{"model", asked.name}}, patience))
    model.file = file_of(text_of(*shown, "modelfile"));
  return model;
}

json completion_body(const CompletionRequest& request, uint32_t words) {
  // `raw`: no template is put around the prompt. A greedy choice costs least and is the same every time.
  json options{{"num_predict", request.generated + 1}, {"temperature", 0}, {"seed", request.number}};
  if (request.threads) options["num_thread"] = request.threads;
  if (request.context) options["num_ctx"] = request.context;
  return {{"model", request.model},
          {"prompt", prompt_text(request.number, words)},
          {"raw", true},
          {"stream", false},
          {"keep_alive", "5m"},
          {"options", options}};
}

tl::expected<CompletionTimes, std::string> read_times(const json& answer) {
  const auto prompt = json_field<uint64_t>(answer, "prompt_eval_count");
  const auto prompt_ns = json_field<double>(answer, "prompt_eval_duration");
  const auto tokens = json_field<uint64_t>(answer, "eval_count");
  const auto tokens_ns = json_field<double>(answer, "eval_duration");
  if (!prompt || !prompt_ns) return tl::unexpected(std::string("prompt_eval_count and prompt_eval_duration"));
  if (!tokens || !tokens_ns) return tl::unexpected(std::string("eval_count and eval_duration"));
  return CompletionTimes{.prompt_tokens = static_cast<uint32_t>(*prompt),
                         .prompt_s = *prompt_ns * nanosecond,
                         .decoded_tokens = after_first(*tokens),
                         .decode_s = *tokens_ns * nanosecond,
                         .version = ""};
}

}  // namespace

constinit const ServedEngine ollama{
    .word = "ollama",
    .name = "Ollama",
    .program = "",
    .start = "start it with `ollama serve`, or name its address in OLLAMA_HOST or as --engine URL",
    .address = "OLLAMA_HOST",
    .port = "",
    .key = "",
    .ports = ports,
    .takes_threads = true,
    .takes_tokens = false,
    .completion_path = "/api/generate",
    .answers = answers,
    .models = models,
    .loaded = loaded,
    .completion_body = completion_body,
    .read_times = read_times};

}  // namespace weighin
