#include "results/spec/prediction.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/text/units.h"
#include "results/spec/constants.h"

namespace weighin {
namespace {

/// The year to which the efficiencies of the constants belong.
constexpr double base_year = 2025;
/// The bandwidth at which the efficiency of a CPU is stated.
constexpr double base_bandwidth = 30e9;
/// The number of threads that reach the peak of a CPU; a row with fewer reaches its share.
constexpr double peak_threads = 8;

double kind_factor(const std::array<double, quant_kinds>& kinds, QuantKind kind) {
  return kinds[static_cast<size_t>(kind)];
}

/// The bandwidth with which all devices of a row read together. Servers and libraries that split every
/// matrix over the devices (tensor parallelism) read with all of them at once; llama.cpp, which splits by
/// layers, reads with one after another.
double devices_reading(const SpecFeatures& features) {
  constexpr double parallel_share = 0.6;  // of a further device: a judgement, no published row has several
  const bool parallel = features.engine == SpecEngine::vllm || features.engine == SpecEngine::tensorrt ||
                        features.engine == SpecEngine::exllama || features.engine == SpecEngine::mistral_rs;
  return parallel ? 1 + parallel_share * (features.device.count - 1) : 1;
}

double bandwidth_of(const SpecFeatures& features) {
  const SpecDevice& device = features.device;
  const bool few = is_cpu(device.device) && features.threads > 0;
  const double all = device.bandwidth * devices_reading(features);
  return few ? std::min(all, features.threads * spec_constants().thread_bytes_s) : all;
}

double peak_of(const SpecFeatures& features) {
  // llama.cpp's and MLX's tensor kernels came in autumn 2025. M5 over M4, llama.cpp discussion 4167: 2.7
  // times.
  constexpr double metal4_year = 2025.75, of_matrix_units = 2.7;
  const SpecDevice& device = features.device;
  double one =
      device.peak > 0 ? device.peak : device.bandwidth * prefill_constants(device.device).peak_a_bandwidth;
  if (device.late_matrix && features.year < metal4_year) one /= of_matrix_units;
  return one * devices_reading(features);
}

/// Whether llama.cpp had no integer products on tensor cores yet (its pull request 8062, June 2024) and a
/// row's format would use them.
bool before_integers(const SpecFeatures& features) {
  constexpr double since = 2024.5;
  const QuantKind kind = features.work.quant.kind;
  const bool llamacpp = features.engine == SpecEngine::llamacpp || features.engine == SpecEngine::ollama ||
                        features.engine == SpecEngine::llamafile;
  return llamacpp && features.year < since && features.device.tensor_cores &&
         features.device.backend == SpecBackend::native && kind != QuantKind::f16 && kind != QuantKind::f32;
}

double total(const std::vector<SpecTerm>& terms) {
  double sum = 0;
  for (const SpecTerm& term : terms) sum += term.seconds;
  return sum;
}

Interval spread(double rate, double low, double high) {
  return {rate * low, rate, rate * high};
}

/// What is not exactly known widens the interval. Each assumption of a row counts as a quarter of the
/// spread, which is a judgement.
double widened(const SpecFeatures& features) {
  constexpr double each = 0.25;
  const ModelWork& work = features.work;
  return 1 + each * (work.quant_assumed + (work.basis == ShapeBasis::scaled) + (features.device.peak <= 0));
}

/// GiB held. Beside the model: what the driver and the runtime hold, which tools that ask the device report
/// with it. Judged on 577 published rows so that one in ten is under by 5% (docs/method/spec.md). A server
/// that fills the memory it is given holds that (vLLM's gpu_memory_utilization, 0.9 by default).
double memory_of(const SpecFeatures& features) {
  constexpr double of_weights = 1.07, vllm_share = 0.92;
  const SpecDevice& device = features.device;
  const bool card = device.discrete;
  const double runtime = card ? 2.0 : device.device == SpecClass::npu ? 0.45 : 0.85;
  const double held = in_gib(of_weights * held_bytes(features.work, features.context, features.prompt));
  const double all = held + runtime * device.count;
  const bool fills = features.engine == SpecEngine::vllm && card && device.memory_gib > 0;
  return fills ? std::max(all, vllm_share * device.memory_gib * device.count) : all;
}

std::string basis_of(const SpecFeatures& features) {
  const ModelWork& work = features.work;
  std::string text = fmt::format("spec; {}{}", class_name(features.device.device),
                                 features.device.maker_unknown ? " assumed, since no maker is stated," : "");
  if (!features.device.name.empty()) text += fmt::format(" {}", features.device.name);
  text +=
      fmt::format("; {} {}", work.basis == ShapeBasis::exact ? "shape of" : "scaled from", work.shape->name);
  if (work.quant_assumed) text += "; Q4_K_M assumed";
  if (features.device.peak <= 0) text += "; peak arithmetic assumed of bandwidth";
  if (features.outside > 0)
    text += fmt::format("; {:.0f}% of the weights outside its memory", 100 * features.outside);
  return text;
}

}  // namespace

std::vector<SpecTerm> decode_terms(const SpecFeatures& features) {
  const SpecConstants& all = spec_constants();
  const SpecDevice& device = features.device;
  const ModelWork& work = features.work;
  const DecodeConstants& own = decode_constants(device.device);
  const TypeConstants& type = type_constants(device.device);
  const EngineConstants& engine = engine_constants(features.engine);
  const double years = features.year - base_year;
  const double bandwidth = bandwidth_of(features);
  const double reached =
      bandwidth * own.efficiency * std::pow(bandwidth / base_bandwidth, own.bandwidth_exponent);
  const double kind = kind_factor(type.kinds, work.quant.kind);
  const double rate = reached * kind * engine.decode *
                      backend_constants(device.device, device.backend).decode * std::exp(all.year * years) *
                      (device.stacked ? all.stacked : 1);

  const double read = work.read_bytes + work.expert_bytes * (type.expert_bytes - 1);
  const double cached = cache_read_bytes(work, features.decode_depth);
  // Outside a graphics card's memory are the experts first, and with the layers of a dense model their cache,
  // which the processor reads at about a third of that rate (arithmetic, not bandwidth, bounds its
  // attention).
  double outside_bytes = features.outside * read, outside_cached = 3 * features.outside * cached;
  if (work.experts()) {
    outside_bytes =
        work.expert_bytes * std::min(features.outside * work.weights_bytes / work.all_expert_bytes, 1.0);
    outside_cached = 0;
  }
  std::vector<SpecTerm> terms{
      {"weights", (read - outside_bytes + work.state_bytes) / rate},
      {"keys and values", cached * type.cache_bytes / reached},
      {"layers", work.layers * own.layer_s * engine.layer * std::exp(all.layer_year * years) *
                     (device.stacked ? all.stacked_layer : 1)},
  };
  if (features.outside > 0)
    terms.push_back({"outside its memory", (outside_bytes + outside_cached) / all.host_bytes_s});
  if (!is_cpu(device.device) && device.device != SpecClass::npu && device.vector_peak > 0)
    terms.push_back({"products", 2 * (work.products + work.head_products) /
                                     (device.vector_peak * devices_reading(features) * all.gpu_arithmetic)});
  if (is_cpu(device.device) && device.peak > 0) {
    const double share = features.threads > 0 ? std::min(features.threads / peak_threads, 1.0) : 1;
    const double reachable = device.plain_simd ? all.plain_arithmetic : all.dot_arithmetic;
    terms.push_back(
        {"products", 2 * (work.products + work.head_products) / (device.peak * share * reachable * kind)});
  }
  return terms;
}

std::vector<SpecTerm> prefill_terms(const SpecFeatures& features) {
  const SpecConstants& all = spec_constants();
  const SpecDevice& device = features.device;
  const ModelWork& work = features.work;
  const PrefillConstants& own = prefill_constants(device.device);
  const EngineConstants& engine = engine_constants(features.engine);
  const double years = std::clamp(features.year - base_year, -2.0, 2.0);
  const double peak = peak_of(features), tokens = features.prompt;
  double base = own.efficiency * std::pow(peak / own.reference_peak, own.peak_exponent) * engine.prefill *
                backend_constants(device.device, device.backend).prefill;
  if (device.stacked) base *= all.prefill_stacked;
  if (device.plain_simd) base *= all.prefill_plain;
  if (device.early_matrix) base *= all.prefill_early_matrix;
  if (device.backend == SpecBackend::vulkan)
    base *= std::exp(all.vulkan_year * std::clamp(features.year - base_year - 0.5, -2.0, 1.0));
  const double kind = kind_factor(prefill_kinds(device.device), work.quant.kind) *
                      (before_integers(features) ? all.prefill_float : 1);
  const double rate = peak * base * kind * std::exp(own.year * years);
  const double attention_rate = peak * base * own.attention_efficiency * std::exp(all.attention_year * years);

  const double batch = std::min(tokens, features.micro_batch),
               batches = std::ceil(tokens / features.micro_batch);
  double padding = 1, read = work.read_bytes;
  if (work.experts()) {
    const double share = std::clamp(work.expert_bytes / work.all_expert_bytes, 0.0, 1.0);
    const double of_layers = work.products / (work.products + work.head_products);
    const double experts = std::clamp(work.expert_bytes / (work.read_bytes * of_layers), 0.0, 1.0);
    padding += experts * own.tile / std::max(batch * share, 1e-3);
    read += work.all_expert_bytes * (1 - std::pow(1 - share, batch)) - work.expert_bytes;
  }
  const double attended = attention_products(work, features.prefill_depth + tokens / 2);
  return {
      {"products", 2 * (work.products * tokens * padding + work.head_products) / rate},
      {"attention", 2 * attended * tokens / attention_rate},
      {"weights", read * batches / (device.bandwidth * devices_reading(features) * all.prefill_read)},
      {"layers", work.layers * batches * own.layer_s},
      {"outside its memory", features.outside * work.weights_bytes * batches / all.host_prefill_bytes_s},
      {"request", engine.first_s},
  };
}

SpecPrediction predict_from_specs(const SpecFeatures& features) {
  SpecPrediction prediction;
  const SpreadConstants& own = spread_constants(features.device.device);
  const double wider = widened(features);
  prediction.decode_tps = spread(1 / total(decode_terms(features)), std::pow(own.decode_low, wider),
                                 std::pow(own.decode_high, wider));
  prediction.prefill_tps = spread(features.prompt / total(prefill_terms(features)),
                                  std::pow(own.prefill_low, wider), std::pow(own.prefill_high, wider));
  prediction.memory_gib = memory_of(features);
  prediction.basis = basis_of(features);
  return prediction;
}

}  // namespace weighin
