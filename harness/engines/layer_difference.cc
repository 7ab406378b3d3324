#include "harness/engines/layer_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/timing/statistics.h"
#include "kernels/problem/steps.h"
#include "models/config/config.h"
#include "results/measured/engine_costs.h"

namespace weighin {
namespace {

/// So few tokens that the output head weighs little beside the layers.
constexpr uint32_t vocabulary = 4096;
constexpr uint32_t few_layers = 2, more_layers = 4;

/// Bytes of a layer's weights in each format, and of the output head's.
struct WeightBytes {
  std::map<FormatId, double> layer, head;
};

/// Adds `share` times the bytes of the layers of `shape`, and sets those of its head.
void add_bytes(const ModelShape& shape, const FileFormat& format, double share, WeightBytes& bytes) {
  for (const ProblemUse& use : decode_step(shape, format, 0)) {
    if (use.problem.op != Op::gemv) continue;
    const double all = use.times * static_cast<double>(row_bytes(use.problem.format, use.problem.k)) *
                       static_cast<double>(use.problem.m);
    if (use.part == role_name(TensorRole::output)) {
      bytes.head[use.problem.format] = all;
    } else {
      bytes.layer[use.problem.format] += share * all;
    }
  }
}

/// Seconds a byte of a product `op` (of one token, or of `n`) in `format`, by a row of the same width; 0:
/// none.
double known_rate(std::span<const Measurement> known, Op op, FormatId format, uint32_t width) {
  for (const Measurement& m : known)
    if (usable(m) && m.problem.op == op && m.problem.format == format && m.problem.k == width)
      return m.seconds / (static_cast<double>(row_bytes(format, width)) * static_cast<double>(m.problem.m));
  return 0;
}

Measurement row_of(const Problem& problem, std::vector<double> samples, uint32_t threads) {
  Measurement row;
  row.kernel = fmt::format("{}{}", difference_kernel, op_name(problem.op));
  if (problem.format != FormatId::none) row.kernel += fmt::format(".{}", format_of(problem.format).name);
  row.problem = problem;
  row.threads = threads;
  row.seconds = median(samples);
  row.spread = median_spread(samples);
  row.samples = std::move(samples);
  row.status = Status::measured;
  return row;
}

/// `samples` less `seconds` each, and never less than a twentieth of what they are.
std::vector<double> less(std::vector<double> samples, double seconds) {
  for (double& sample : samples) sample = std::max(sample - seconds, sample / 20);
  return samples;
}

std::vector<double> times(std::vector<double> samples, double factor) {
  for (double& sample : samples) sample *= factor;
  return samples;
}

const EngineTest* test_of(const EngineReport& report, bool prompt, uint32_t depth) {
  for (const EngineTest& test : report.tests)
    if (test.depth == depth && (prompt ? test.prompt > 0 : test.generated > 0)) return &test;
  return nullptr;
}

std::vector<double> seconds_of(const EngineTest& test) {
  std::vector<double> seconds;
  for (const double tps : test.tps) seconds.push_back((test.prompt ? test.prompt : 1) / tps);
  return seconds;
}

}  // namespace

tl::expected<ModelShape, std::string> shape_of_layers(const LayerSizes& sizes, uint32_t layers) {
  const std::string config = fmt::format(
      R"({{"model_type":"llama","hidden_size":{},"intermediate_size":{},"num_hidden_layers":{},)"
      R"("num_attention_heads":{},"num_key_value_heads":{},"head_dim":{},"vocab_size":{},)"
      R"("max_position_embeddings":4096,"tie_word_embeddings":true}})",
      sizes.width, sizes.ffn_width, layers, sizes.heads, sizes.kv_heads, sizes.head_dim, vocabulary);
  auto shape = shape_of_config(config, "a synthetic model");
  if (shape) shape->name = fmt::format("synthetic-{}x{}", layers, sizes.width);
  return shape;
}

std::vector<double> layer_seconds(const LayerRuns& runs) {
  std::vector<double> seconds;
  for (size_t i = 0; i < std::min(runs.two.size(), runs.four.size()); ++i)
    if (runs.four[i] > runs.two[i])
      seconds.push_back((runs.four[i] - runs.two[i]) / (more_layers - few_layers));
  return seconds;
}

tl::expected<void, std::string> take_tests(const EngineReport& two, const EngineReport& four, uint32_t depth,
                                           DifferenceRuns& runs) {
  for (const bool prompt : {false, true}) {
    const EngineTest* of_two = test_of(two, prompt, depth);
    const EngineTest* of_four = test_of(four, prompt, depth);
    if (!of_two || !of_four)
      return tl::unexpected(fmt::format("the engine printed no test of {} at a depth of {} tokens",
                                        prompt ? "a prompt" : "generated tokens", depth));
    LayerRuns& kept =
        depth ? (prompt ? runs.deep_prefill : runs.deep_decode) : (prompt ? runs.prefill : runs.decode);
    kept = {seconds_of(*of_two), seconds_of(*of_four)};
    if (prompt) runs.prompt = of_two->prompt;
  }
  runs.depth = std::max(runs.depth, depth);
  return {};
}

std::vector<Measurement> rows_by_difference(const LayerSizes& sizes, const FileFormat& format,
                                            const DifferenceRuns& runs, std::span<const Measurement> known) {
  std::vector<Measurement> rows;
  const auto few = shape_of_layers(sizes, few_layers), more = shape_of_layers(sizes, more_layers);
  const std::vector<double> decode = layer_seconds(runs.decode), prefill = layer_seconds(runs.prefill);
  if (!few || !more || decode.empty() || prefill.empty()) return rows;
  const Problem attention{.op = Op::attention,
                          .format = FormatId::f16,
                          .k = sizes.head_dim,
                          .heads = sizes.heads,
                          .kv_heads = sizes.kv_heads,
                          .context = runs.depth};
  Problem of_prompt = attention;
  of_prompt.op = Op::prefill_attention;
  of_prompt.n = of_prompt.context = runs.prompt;
  double prompt_attention_s = 0;
  if (const auto deep = layer_seconds(runs.deep_decode); !deep.empty() && median(deep) > median(decode))
    rows.push_back(row_of(attention, less(deep, median(decode)), runs.threads));
  if (const auto deep = layer_seconds(runs.deep_prefill); !deep.empty() && median(deep) > median(prefill)) {
    // A prompt sees the tokens before it, and half of itself.
    const double pairs = 0.5 * (runs.prompt + 1), more_pairs = runs.depth;
    rows.push_back(row_of(of_prompt, times(less(deep, median(prefill)), pairs / more_pairs), runs.threads));
    prompt_attention_s = rows.back().seconds;
  } else {
    for (const Measurement& m : known)
      if (m.problem == of_prompt && usable(m)) prompt_attention_s = m.seconds;
  }
  WeightBytes bytes;
  constexpr double share = 1.0 / (more_layers - few_layers);
  add_bytes(*more, format, share, bytes);
  add_bytes(*few, format, -share, bytes);
  const auto most = std::max_element(bytes.layer.begin(), bytes.layer.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  const FormatId main = most->first;
  for (const Op op : {Op::gemv, Op::gemm}) {
    std::vector<double> samples = op == Op::gemv ? decode : less(prefill, prompt_attention_s);
    // Formats that are not known are taken to be as fast as the main one.
    double all = 0, other_s = 0;
    for (const auto& [id, of_format] : bytes.layer) {
      const double rate = id == main ? 0 : known_rate(known, op, id, sizes.width);
      other_s += rate * of_format;
      if (rate == 0) all += of_format;
    }
    Problem layer{.op = op, .format = main, .n = op == Op::gemv ? 1 : runs.prompt, .k = sizes.width};
    layer.m = static_cast<uint64_t>(most->second / static_cast<double>(row_bytes(main, sizes.width)));
    rows.push_back(row_of(layer, times(less(std::move(samples), other_s), most->second / all), runs.threads));
  }
  const double rate = rows[rows.size() - 2].seconds / most->second;
  double head_s = 0;
  for (const auto& [id, of_head] : bytes.head) {
    const double known_head = id == main ? rate : known_rate(known, Op::gemv, id, sizes.width);
    head_s += (known_head > 0 ? known_head : rate) * of_head;
  }
  const double start_s = median(runs.decode.two) - few_layers * median(decode) - head_s;
  if (start_s > 0) rows.push_back(row_of({.op = Op::submit}, {start_s}, runs.threads));
  return rows;
}

}  // namespace weighin
