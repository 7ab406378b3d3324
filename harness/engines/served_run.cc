#include "harness/engines/served_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/names/resolve_name.h"
#include "models/source/location.h"
#include "models/source/url.h"
#include "models/text/letters.h"
#include "models/text/units.h"

namespace weighin {
namespace {

using std::chrono::steady_clock;

constexpr auto detection_time = std::chrono::seconds(3);

/// Tokens of a decode test's prompt where no depth is asked for: a few, so that the cache is almost empty.
constexpr uint32_t shortest_prompt = 8;

/// A prompt whose tokens differ from those asked for by more than this says that the words were miscounted.
constexpr double prompt_tolerance = 0.1;

Patience detecting() {
  return {.until = steady_clock::now() + detection_time, .stop = {}};
}

std::string environment(const Host& host, std::string_view name) {
  return name.empty() || !host.environment ? "" : host.environment(std::string(name).c_str()).value_or("");
}

LoopbackServer server_at(const Host& host, const ServedEngine& engine, const std::string& name, int port) {
  const Url url{.secure = false, .host = name, .port = port, .target = "/"};
  return {.origin = url.origin(),
          .bearer = environment(host, engine.key),
          .bearer_named = std::string(engine.key)};
}

/// The addresses of `engine`: those of its environment variables, else its default ports. Addresses of other
/// machines are left out. "0.0.0.0" is where a server listens, on every interface.
std::vector<LoopbackServer> addresses(const Host& host, const ServedEngine& engine) {
  std::string name = "127.0.0.1";
  std::vector<int> ports(engine.ports.begin(), engine.ports.end());
  std::string given = environment(host, engine.address);
  if (const size_t scheme = given.find("://"); scheme != std::string::npos) given = given.substr(scheme + 3);
  given = given.substr(0, given.find('/'));
  if (given.starts_with(':')) given = name + given;
  int port = 0;
  if (!given.empty() && read_authority(given, name, port) && port) ports = {port};
  if (const std::string text = environment(host, engine.port); !text.empty()) {
    std::string ignored;
    if (read_authority("localhost:" + text, ignored, port) && port) ports = {port};
  }
  if (name == "0.0.0.0" || name == "::") name = "127.0.0.1";
  std::vector<LoopbackServer> servers;
  if (is_loopback(name))
    for (const int each : ports) servers.push_back(server_at(host, engine, name, each));
  return servers;
}

tl::expected<ServedTarget, std::string> server_of_url(const Host& host, const std::string& text) {
  const auto url = parse_url(text);
  if (!url) return tl::unexpected(url.error());
  if (!is_loopback(url->host))
    return tl::unexpected(
        fmt::format("{} is another machine's: a verification is of the machine that weighin runs on; run "
                    "weighin there",
                    url->origin()));
  for (const ServedEngine* engine : served_engines()) {
    LoopbackServer server = server_at(host, *engine, url->host, url->port);
    server.origin = url->origin();
    if (engine->answers(server, detecting()))
      return ServedTarget{.engine = engine, .server = std::move(server), .model = {}};
  }
  return tl::unexpected(fmt::format(
      "no Ollama, LM Studio or llama-server answers at {}; is the server running there?", url->origin()));
}

std::string names_of(const std::vector<ServedModel>& models) {
  if (models.empty()) return "it has none";
  std::string text = "it has ";
  constexpr size_t most = 8;
  for (size_t i = 0; i < std::min(most, models.size()); ++i)
    text += (i ? ", " : "") + plain_text(models[i].name);
  if (models.size() > most) text += fmt::format(" and {} more", models.size() - most);
  return text;
}

/// Whether `word` is the server's name of `model`, with or without the tag or the ending that people leave
/// out, or its file.
bool is_called(const ServedModel& model, const std::string& word) {
  if (word == model.name || word + ":latest" == model.name) return true;
  const std::string file = file_name(model.name.find('/') != std::string::npos ? model.name : model.file);
  return word == model.file || (!file.empty() && (word == file || word + ".gguf" == file));
}

const ModelShape* in_catalogue(const ServedModel& model) {
  if (const ModelShape* found = resolve_name(model.name).model) return found;
  return model.file.empty() ? nullptr : resolve_name(file_name(model.file)).model;
}

/// Whether two names of a quantization are one: "Q4_K_M" and "q4_k_m".
bool same_format(const std::string& one, const std::string& other) {
  return lower_case(one) == lower_case(other);
}

/// One test, with the server's answers to it.
struct ServedTest {
  const ServedTarget& target;
  const EngineRequest& request;
  Patience patience;
  uint32_t number;  // of the next prompt
  double tokens_per_word = 1;

  tl::expected<CompletionTimes, std::string> complete(uint32_t prompt, uint32_t generated) {
    CompletionRequest completion{.model = target.model.name,
                                 .prompt = prompt,
                                 .tokens_per_word = tokens_per_word,
                                 .generated = generated,
                                 .number = number++,
                                 .threads = request.asked_threads,
                                 .context = request.context,
                                 .vocabulary = target.model.vocabulary};
    auto times = weighin::complete(*target.engine, target.server, completion, patience);
    if (!times) return tl::unexpected(times.error().text);
    if (times->prompt_words && times->prompt_tokens)
      tokens_per_word = static_cast<double>(times->prompt_tokens) / times->prompt_words;
    return *times;
  }
};

tl::expected<EngineTest, std::string> test_prompt(ServedTest& test) {
  const EngineRequest& request = test.request;
  EngineTest result{.prompt = request.prompt, .generated = 0, .depth = 0, .tps = {}};
  // The untimed one also counts how many tokens the words of a text have.
  if (const auto first = test.complete(request.prompt, 0); !first) return tl::unexpected(first.error());
  for (uint32_t i = 0; i < request.repetitions; ++i) {
    const auto times = test.complete(request.prompt, 0);
    if (!times) return tl::unexpected(times.error());
    const double off = std::abs(static_cast<double>(times->prompt_tokens) / request.prompt - 1);
    if (off > prompt_tolerance)
      return tl::unexpected(
          fmt::format("a prompt of {} tokens was sent and {} were computed: the server took the rest from a "
                      "cache, or cut it to its context of {} tokens",
                      request.prompt, times->prompt_tokens, test.target.model.context));
    if (times->prompt_s <= 0)
      return tl::unexpected(std::string("the server's clock says that a prompt took no time"));
    result.tps.push_back(times->prompt_tokens / times->prompt_s);
  }
  return result;
}

tl::expected<EngineTest, std::string> test_decode(ServedTest& test) {
  const EngineRequest& request = test.request;
  EngineTest result{.prompt = 0, .generated = request.generated, .depth = request.depth, .tps = {}};
  const uint32_t prompt = std::max(request.depth, shortest_prompt);
  if (const auto first = test.complete(prompt, 1); !first) return tl::unexpected(first.error());
  // A model may end its text early, and not every server can be told to go on: another prompt is tried.
  uint32_t left = 2 * request.repetitions + 2, longest = 0;
  while (result.tps.size() < request.repetitions) {
    if (left-- == 0)
      return tl::unexpected(
          fmt::format("the model ends its texts after {} tokens at most, where {} are to be decoded; ask for "
                      "fewer with --tokens",
                      longest + 1, request.generated));
    const auto times = test.complete(prompt, request.generated);
    if (!times) return tl::unexpected(times.error());
    longest = std::max(longest, times->decoded_tokens);
    if (2 * times->decoded_tokens < request.generated || times->decode_s <= 0) continue;
    result.tps.push_back(times->decoded_tokens / times->decode_s);
  }
  return result;
}

/// What was loaded, in words: "llama3.2:1b (Q8_0), context 4096".
std::string description(const ServedModel& model) {
  std::string text = plain_text(model.name);
  if (!model.quantization.empty()) text += fmt::format(" ({})", plain_text(model.quantization));
  if (model.bytes) text += fmt::format(", {:.2f} GiB", in_gib(model.bytes));
  if (model.context) text += fmt::format(", context {}", model.context);
  return text;
}

}  // namespace

bool names_a_server(const std::string& word) {
  if (is_url(word)) return true;
  return std::any_of(served_engines().begin(), served_engines().end(),
                     [&](const ServedEngine* engine) { return engine->word == word; });
}

tl::expected<ServedTarget, std::string> find_server(const Host& host, const std::string& word) {
  if (is_url(word)) return server_of_url(host, word);
  std::string asked, start;
  for (const ServedEngine* engine : served_engines()) {
    if (!word.empty() && engine->word != word) continue;
    for (LoopbackServer& server : addresses(host, *engine)) {
      if (engine->answers(server, detecting()))
        return ServedTarget{.engine = engine, .server = std::move(server), .model = {}};
      asked += (asked.empty() ? "" : ", ") + server.origin;
    }
    start = engine->start;
  }
  if (word.empty())
    return tl::unexpected("no Ollama, LM Studio or llama-server answers (asked: " + asked + ")");
  if (asked.empty())
    return tl::unexpected(
        fmt::format("the address of {} in the environment is another machine's; a "
                    "verification is of the machine that weighin runs on",
                    word));
  return tl::unexpected(fmt::format("no {} answers at {}; {}", word, asked, start));
}

tl::expected<ServedModel, std::string> choose_served_model(const ServedTarget& target,
                                                           const std::string& word,
                                                           const std::string& format) {
  const auto models = target.engine->models(target.server, detecting());
  if (!models) return tl::unexpected(models.error().text);
  const ModelShape* meant = resolve_name(word).model;
  std::vector<ServedModel> found;
  for (const ServedModel& model : *models)
    if (is_called(model, word)) found.push_back(model);
  if (found.empty() && meant)
    for (const ServedModel& model : *models)
      if (in_catalogue(model) == meant) found.push_back(model);
  if (found.empty())
    return tl::unexpected(fmt::format("{} at {} has no model \"{}\": {}", target.engine->word,
                                      target.server.origin, plain_text(word), names_of(*models)));
  if (format.empty()) return found.front();
  for (const ServedModel& model : found)
    if (model.quantization.empty() || same_format(model.quantization, format)) return model;
  return tl::unexpected(fmt::format("{} at {} has {} in {} and not in {}", target.engine->word,
                                    target.server.origin, plain_text(found.front().name),
                                    plain_text(found.front().quantization), format));
}

tl::expected<ServedModel, std::string> load_served_model(const ServedTarget& target,
                                                         const EngineRequest& request) {
  // No test's prompt has this number.
  ServedTest test{
      target, request, {steady_clock::now() + request.limit, request.stop}, request.first_prompt - 1};
  const auto completed = test.complete(shortest_prompt, 1);
  if (!completed) return tl::unexpected(completed.error());
  auto loaded = target.engine->loaded(target.server, target.model, test.patience);
  if (!loaded) return tl::unexpected(loaded.error().text);
  const ModelShape *asked = in_catalogue(target.model), *has = in_catalogue(*loaded);
  if (loaded->name != target.model.name && (!asked || asked != has))
    return tl::unexpected(fmt::format("{} at {} was asked for {} and loaded {}", target.engine->word,
                                      target.server.origin, plain_text(target.model.name),
                                      plain_text(loaded->name)));
  if (!same_format(loaded->quantization, target.model.quantization) && !target.model.quantization.empty() &&
      !loaded->quantization.empty())
    return tl::unexpected(fmt::format("{} at {} was asked for {} in {} and loaded it in {}",
                                      target.engine->word, target.server.origin,
                                      plain_text(target.model.name), plain_text(target.model.quantization),
                                      plain_text(loaded->quantization)));
  if (loaded->vocabulary == 0) loaded->vocabulary = target.model.vocabulary;
  return *loaded;
}

tl::expected<EngineReport, std::string> run_served(const ServedTarget& target, const EngineRequest& request) {
  const ServedModel& model = target.model;
  const uint32_t needed = std::max(request.prompt, request.depth + request.generated) + shortest_prompt;
  if (model.context && needed > model.context)
    return tl::unexpected(fmt::format(
        "{} at {} holds {} tokens for {}, and the tests need {}; ask for fewer "
        "with --prompt, --depth or --tokens, or give the server more context",
        target.engine->word, target.server.origin, model.context, plain_text(model.name), needed));
  ServedTest test{target, request, {steady_clock::now() + request.limit, request.stop}, request.first_prompt};
  EngineReport report;
  report.engine = target.engine->name;
  report.build =
      fmt::format("{}{}; {}", target.engine->program, plain_text(model.version), description(model));
  report.gpu_share = model.gpu_share;
  report.backend = !model.gpu_share        ? ""
                   : *model.gpu_share <= 0 ? "CPU"
                   : *model.gpu_share >= 1 ? "GPU"
                                           : fmt::format("{:.0f}% on GPU, CPU", 100 * *model.gpu_share);
  report.model_type = model.name;
  report.model_bytes = model.bytes;
  report.threads = request.asked_threads;
  if (request.prompt) {
    auto prompt = test_prompt(test);
    if (!prompt) return tl::unexpected(prompt.error());
    report.tests.push_back(std::move(*prompt));
  }
  if (request.generated) {
    auto decode = test_decode(test);
    if (!decode) return tl::unexpected(decode.error());
    report.tests.push_back(std::move(*decode));
  }
  return report;
}

}  // namespace weighin
