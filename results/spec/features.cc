#include "results/spec/features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include "models/text/letters.h"
#include "models/text/units.h"

namespace weighin {
namespace {

struct EngineRow {
  SpecEngine engine;
  std::string_view name;
  double micro_batch;
};
constexpr std::array engines{
#define SPEC_ENGINE(id, name, micro_batch) EngineRow{SpecEngine::id, name, micro_batch},
#include "results/spec/engines.inc"
#undef SPEC_ENGINE
};

/// What is assumed where a table does not state its tokens: a short question, and the 128 tokens of
/// llama-bench's tg128.
constexpr double usual_depth = 256, usual_answer = 128, usual_prompt = 512;

/// LocalScore (the engine llamafile) publishes means over nine pairs of prompt and answer, 16 to 4096 and 16
/// to 3072 tokens (its README, recalled): 1837 tokens before the middle one of an answer in the mean; and a
/// prefill rate that short prompts pull down to about that of 384 tokens. Its llama.cpp is of spring 2025,
/// whenever it was run.
constexpr double localscore_depth = 1837, localscore_prompt = 384, localscore_year = 2025.3;

/// The memory of a graphics card that a model cannot have: the driver and the engine take it, and the
/// screen. Ollama and llama.cpp's fit keep about this much free (a GiB and less, by their sources).
constexpr double reserved_gib = 0.9;
/// The compute buffers, which are needed in addition to weights and cache.
constexpr double buffers_gib = 0.5;
/// A smaller share outside the card's memory is within the error of the bytes.
constexpr double least_outside = 0.03;

std::optional<double> number_at(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return {};
  return value;
}

/// "2026-08-04", "2024-05", "2023-11..2025", "2025": the middle, as a year. Blank: the middle of the
/// published rows.
double year_of(std::string_view date) {
  constexpr double usual_year = 2025.5;
  const auto one = [](std::string_view text) -> std::optional<double> {
    const auto year = number_at(text.substr(0, 4));
    if (!year || *year < 2020 || *year > 2100) return {};
    const auto month = text.size() >= 7 && text[4] == '-' ? number_at(text.substr(5, 2)) : std::nullopt;
    return month ? *year + (*month - 0.5) / 12 : *year + 0.5;
  };
  const auto first = one(date);
  if (!first) return usual_year;
  const size_t dots = date.find("..");
  const auto last = dots == std::string_view::npos ? std::nullopt : one(date.substr(dots + 2));
  return last ? (*first + *last) / 2 : *first;
}

/// llama-bench's own counts: prompts of a power of two, answers of 16 to 128 tokens.
bool benchmarked(const PublishedRow& row) {
  const double prompt = row.pp_tokens.value_or(0), answer = row.tg_tokens.value_or(0);
  const bool power = prompt >= 128 && std::exp2(std::round(std::log2(prompt))) == prompt;
  return power && (answer == 16 || answer == 32 || answer == 64 || answer == 128);
}

/// Whether ctx_or_depth is the context that a server was started with: large, beside a shorter prompt, from
/// an engine that is named without its build, as lists of users' own measurements do.
bool configured_context(const PublishedRow& row, double year) {
  constexpr double least = 2048;
  const bool build =
      std::any_of(row.engine.begin(), row.engine.end(), [](unsigned char c) { return std::isdigit(c); });
  const double context = row.ctx_or_depth.value_or(0);
  return !benchmarked(row) && !build && context >= least && year >= 2025 &&
         row.pp_tokens.value_or(0) < context;
}

void set_tokens(SpecFeatures& features, const PublishedRow& row) {
  features.threads = row.threads.value_or(0);
  if (features.engine == SpecEngine::llamafile && !row.pp_tokens && !row.tg_tokens && !row.ctx_or_depth) {
    features.prompt = localscore_prompt;
    features.decode_depth = localscore_depth;
    features.context = 2 * localscore_depth;
    features.context_assumed = true;
    return;
  }
  const double answer = row.tg_tokens.value_or(0) > 0 ? *row.tg_tokens : usual_answer;
  const double prompt = row.pp_tokens.value_or(0) > 0 ? *row.pp_tokens : usual_prompt;
  const double depth = row.ctx_or_depth.value_or(usual_depth);
  features.prompt = prompt;
  const bool configured = configured_context(row, features.year);
  features.context_assumed = configured || !row.ctx_or_depth;
  features.decode_depth = (configured ? prompt : depth) + answer / 2;
  if (row.ctx_or_depth && *row.ctx_or_depth != prompt && benchmarked(row)) features.prefill_depth = depth;
  features.context = std::max(features.prefill_depth + prompt, row.ctx_or_depth.value_or(0) + answer);
}

/// Tokens that the cache is made for: those used, or where a server is started without a word, its own
/// choice. Ollama's goes by the device's memory (docs.ollama.com, context length, recalled 2026-11: 4096
/// under 24 GiB, 32768 under 48, else 262144); llama-server's is the model's maximum (llama.cpp's
/// common/arg.cpp, n_ctx 0, since late 2025).
void set_context_held(SpecFeatures& features, const PublishedRow& row) {
  constexpr double server_since = 2025.9;
  const bool ollama = features.engine == SpecEngine::ollama;
  const bool server = row.engine.find("server") != std::string_view::npos && features.year >= server_since;
  if (!ollama && !server) return;
  const double memory = features.device.memory_gib * features.device.count;
  double context = features.work.shape->max_context;
  if (ollama) context = std::min(context, memory < 24 ? 4096.0 : memory < 48 ? 32768.0 : 262144.0);
  features.context = std::max(features.context, context);
}

/// The share of the weights for which the graphics card has no room.
void set_outside(SpecFeatures& features, double context) {
  const SpecDevice& device = features.device;
  if (!device.discrete || device.memory_gib <= 0 || features.work.weights_bytes <= 0) return;
  const double weights_gib = in_gib(features.work.weights_bytes);
  const double needed = weights_gib + in_gib(cache_read_bytes(features.work, context)) + buffers_gib;
  const double share = (needed - (device.memory_gib * device.count - reserved_gib)) / weights_gib;
  if (share > least_outside) features.outside = std::min(share, 1.0);
}

}  // namespace

std::string_view engine_label(SpecEngine engine) {
  return engines[static_cast<size_t>(engine)].name;
}

SpecEngine engine_of(std::string_view published) {
  const std::string name = lower_case(published);
  // "llama.cpp or Ollama" is the first of them; "vllm-mlx", "omlx" and LM Studio on a Mac compute with MLX.
  if (name.find("llama.cpp or") != std::string::npos) return SpecEngine::llamacpp;
  if (name.find("lm-studio") != std::string::npos || name.find("vllm-mlx") != std::string::npos)
    return SpecEngine::mlx;
  const EngineRow* best = &engines[0];
  size_t length = 0;
  for (const EngineRow& row : engines)
    if (row.name.size() > length && name.find(row.name) != std::string::npos)
      best = &row, length = row.name.size();
  return best->engine;
}

struct SpecReader::Names {
  std::unordered_map<std::string, tl::expected<SpecDevice, std::string>> devices;
  std::unordered_map<std::string, tl::expected<ModelWork, std::string>> models;
};

SpecReader::SpecReader() : names_(std::make_unique<Names>()) {}
SpecReader::~SpecReader() = default;

tl::expected<SpecFeatures, std::string> SpecReader::read(const PublishedRow& row) {
  if (!row.error.empty()) return tl::unexpected(row.error);
  const auto number = [](const std::optional<double>& value) { return value.value_or(-1); };
  std::string key = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", row.device, row.chip_class, row.backend,
                                number(row.mem_bandwidth_gbs), number(row.mem_gib), number(row.n_devices));
  auto device = names_->devices.find(key);
  if (device == names_->devices.end())
    device = names_->devices.emplace(std::move(key), spec_device_of_row(row)).first;
  if (!device->second) return tl::unexpected(device->second.error());

  key = fmt::format("{}\n{}\n{}\n{}\n{}", row.model, number(row.params_b), number(row.active_params_b),
                    row.quant, number(row.model_bytes));
  auto model = names_->models.find(key);
  if (model == names_->models.end()) {
    NamedModel named;
    named.name = row.model;
    named.quant = row.quant;
    if (row.params_b && *row.params_b > 0) named.params = 1e9 * *row.params_b;
    if (row.active_params_b && *row.active_params_b > 0) named.active_params = 1e9 * *row.active_params_b;
    if (row.model_bytes && *row.model_bytes > 0) named.file_bytes = *row.model_bytes;
    model = names_->models.emplace(std::move(key), named_model_work(named)).first;
  }
  if (!model->second) return tl::unexpected(model->second.error());

  SpecFeatures features;
  features.device = device->second.value();
  features.work = model->second.value();
  features.engine = engine_of(row.engine);
  // Ollama runs the models that it calls so with MLX.
  if (features.engine == SpecEngine::ollama && row.model.find("mlx") != std::string_view::npos)
    features.engine = SpecEngine::mlx;
  features.micro_batch = engines[static_cast<size_t>(features.engine)].micro_batch;
  features.year = year_of(row.date);
  if (features.engine == SpecEngine::llamafile) features.year = std::min(features.year, localscore_year);
  set_tokens(features, row);
  set_outside(features, features.context_assumed ? features.decode_depth : features.context);
  set_context_held(features, row);
  return features;
}

SpecFeatures spec_features(const SpecDevice& device, const ModelWork& work, double prompt, double depth,
                           double context) {
  constexpr double now = 2026.9;  // of the engines that an answer is for: as new as the newest published rows
  SpecFeatures features;
  features.device = device;
  features.work = work;
  features.year = now;
  features.decode_depth = depth;
  features.prompt = prompt;
  features.context = context;
  set_outside(features, context);
  return features;
}

}  // namespace weighin
