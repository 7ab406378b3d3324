#include "harness/decode/decode_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/decode/composition.h"
#include "harness/timing/kernel_race.h"
#include "harness/timing/statistics.h"
#include "kernels/isa/isa.h"
#include "kernels/table/all_kernels.h"
#include "models/source/byte_source.h"
#include "models/source/open.h"
#include "models/text/units.h"

namespace weighin {
namespace {

/// The most bytes that the parts' own operands may take.
constexpr uint64_t operand_bytes = uint64_t{1} << 30;
/// The seeds of the random weights and of the random cache.
constexpr uint64_t weight_seed = 1, cache_seed = 2;
/// The share of the memory that the model leaves which the parts' weights may take.
constexpr double pool_share = 0.75;
/// The token that decoding starts with where there is no prompt.
constexpr uint32_t first_token = 1;

struct Sources {
  ForwardFacts facts;
  TensorSource tensors;
};

tl::expected<Sources, std::string> sources_of(const ModelShape& shape, const std::string& path) {
  std::optional<Gguf> file;
  if (!path.empty()) {
    auto source = open_source(path);
    if (!source) return tl::unexpected(source.error());
    auto read = read_gguf(*source);
    if (!read) return tl::unexpected(read.error());
    file = std::move(*read);
  }
  auto facts = forward_facts(shape, file ? &*file : nullptr);
  if (!facts) return tl::unexpected(facts.error());
  if (!file) return Sources{*facts, synthetic_tensors(weight_seed)};
  auto tensors = gguf_tensors(path, *file);
  if (!tensors) return tl::unexpected(tensors.error());
  return Sources{*facts, std::move(*tensors)};
}

/// Why the model and its cache do not fit into the memory; empty: they do.
std::string too_large(const ModelShape& shape, const FileFormat& format, uint64_t weight_bytes,
                      uint64_t cached_bytes, const UsableMemory& usable) {
  if (weight_bytes + cached_bytes <= usable.bytes) return "";
  return fmt::format(
      "{} in {} takes {:.1f} GiB to decode (weights {:.1f}, KV cache {:.1f}), and {:.1f} GiB of memory may "
      "be "
      "used ({}): name a smaller model, a smaller format or fewer tokens",
      shape.name, format.name, in_gib(weight_bytes + cached_bytes), in_gib(weight_bytes),
      in_gib(cached_bytes), in_gib(usable.bytes), usable.limit);
}

/// The bytes of weights of each format. All problems are kept ready at once, so all their buffers must fit.
uint64_t working_set_of(const std::vector<ProblemUse>& step, const Machine& machine, uint64_t budget_bytes) {
  std::set<std::pair<FormatId, bool>> buffers{{FormatId::none, false}, {FormatId::f16, false}};
  for (const ProblemUse& use : step) buffers.emplace(use.problem.format, use.problem.op == Op::gemv);
  const uint64_t cache = machine.topology.last_level_cache_bytes.value.value_or(0);
  return std::min(std::max<uint64_t>(256ull << 20, 4 * cache), budget_bytes / buffers.size());
}

/// Holds the races of the formats that a step multiplies, and that are not known yet.
void hold_races(KernelRaces& races, const std::vector<FormatId>& formats, const std::vector<ProblemUse>& step,
                uint32_t threads, uint64_t memory_bytes) {
  std::vector<Problem> problems;
  for (const FormatId format : formats) problems.push_back({.op = Op::gemv, .format = format});
  for (const ProblemUse& use : step) problems.push_back(use.problem);
  races.hold(
      problems, race_timer(threads, memory_bytes), [] { return false; }, [](const KernelRace&) {});
}

/// The steps of a run, each followed by one measurement of its parts.
class DecodeRun {
 public:
  DecodeRun(ForwardPass& pass, const DecodeSettings& settings, DecodeResult& result)
      : pass_(pass), settings_(settings), result_(result) {}

  /// Computes the prompt, or one token that is not timed, which wakes the threads and touches the pages.
  void begin() {
    using Output = ForwardPass::Output;
    const Output each = settings_.logits ? Output::logits : Output::none;
    for (size_t i = 0; i < settings_.prompt.size(); ++i) {
      pass_.step(settings_.prompt[i], i + 1 == settings_.prompt.size() ? Output::sample : each);
      hand_over();
    }
    if (settings_.prompt.empty()) pass_.step(first_token, Output::sample);
  }

  tl::expected<void, std::string> decode(Composition* composition, ThreadPool& pool) {
    std::array<std::vector<double>, step_parts> parts;
    for (uint32_t i = 0; i < settings_.tokens; ++i) {
      result_.chosen.push_back(pass_.likeliest());
      pool.run([](uint32_t) {});  // wakes the team
      const auto begin = std::chrono::steady_clock::now();
      pass_.step(result_.chosen.back(), ForwardPass::Output::sample);
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      result_.samples.push_back(seconds);
      for (size_t part = 0; part < step_parts; ++part) parts[part].push_back(pass_.seconds()[part]);
      hand_over();
      if (composition) composition->sample();
    }
    for (size_t part = 0; part < step_parts; ++part) result_.whole[part] = median(parts[part]);
    if (composition == nullptr || settings_.tokens == 0) return {};
    auto sum = composition->sum(median);
    const auto least_sum = composition->sum(least);
    if (!sum || !least_sum) return tl::unexpected(sum ? least_sum.error() : sum.error());
    result_.median_ratio = sum->seconds / median(result_.samples);
    result_.least_ratio = least_sum->seconds / least(result_.samples);
    result_.parts = std::move(*sum);
    return {};
  }

 private:
  void hand_over() {
    if (settings_.logits) settings_.logits(pass_.logits());
  }

  ForwardPass& pass_;
  const DecodeSettings& settings_;
  DecodeResult& result_;
};

}  // namespace

double least(std::vector<double> samples) {
  return samples.empty() ? 0 : *std::min_element(samples.begin(), samples.end());
}

StepPart part_of(const Problem& problem) {
  switch (problem.op) {
    case Op::attention:
    case Op::rope:
      return StepPart::attention;
    case Op::rms_norm:
    case Op::layer_norm:
      return StepPart::norms;
    case Op::quantize:
      return StepPart::rounding;
    case Op::swiglu:
    case Op::gelu:
      return StepPart::activation;
    case Op::embedding:
      return StepPart::embedding;
    case Op::softmax:
      return StepPart::sampling;
    default:
      return StepPart::matrices;
  }
}

PartSeconds by_part(const StepTime& time) {
  PartSeconds seconds{};
  for (const Term& term : time.terms) seconds[static_cast<size_t>(part_of(term.problem))] += term.seconds;
  return seconds;
}

tl::expected<DecodeResult, DecodeError> run_decode(const ModelShape& shape, const FileFormat& format,
                                                   const Machine& machine, const DecodeSettings& settings) {
  const auto sources = sources_of(shape, settings.file);
  if (!sources) return tl::unexpected(DecodeError{sources.error()});
  for (const uint32_t token : settings.prompt)
    if (token >= shape.vocab)
      return tl::unexpected(DecodeError{fmt::format("{} has {} tokens (0 to {}), and {} is not one of them",
                                                    shape.name, shape.vocab, shape.vocab - 1, token)});
  const std::vector<FormatId> formats = computed_formats(shape, format);
  const auto weight_bytes = forward_weight_bytes(shape, formats);
  if (!weight_bytes) return tl::unexpected(DecodeError{weight_bytes.error()});
  const auto prompt = static_cast<uint32_t>(std::max<size_t>(1, settings.prompt.size()));
  const uint32_t capacity = settings.depth + prompt + settings.tokens;
  DecodeResult result;
  result.weight_bytes = *weight_bytes;
  result.cache_bytes = cache_bytes(shape, capacity);
  const UsableMemory usable = usable_memory(machine.memory);
  if (std::string why = too_large(shape, format, *weight_bytes, result.cache_bytes, usable); !why.empty())
    return tl::unexpected(DecodeError{std::move(why), true});

  ThreadPool pool(settings.threads);
  const Simd simd = this_cpu();
  const auto step = decode_step(shape, format, settings.depth + prompt + settings.tokens / 2);
  KernelRaces races(kernels_of(simd), settings.races);
  hold_races(races, formats, step, settings.threads, usable.bytes - *weight_bytes - result.cache_bytes);
  const KernelChoice kernels = races.choice();
  const auto weights = load_weights(shape, sources->facts, formats, sources->tensors, kernels, pool);
  if (!weights) return tl::unexpected(DecodeError{weights.error()});
  result.load_s = weights->load_s;
  auto cache = make_cache(shape, capacity, settings.depth, cache_seed);
  if (!cache) return tl::unexpected(DecodeError{cache.error()});
  ForwardPass pass(shape, sources->facts, *weights, std::move(*cache), simd, pool);
  DecodeRun run(pass, settings, result);
  if (!settings.parts) {
    run.begin();
    if (const auto ran = run.decode(nullptr, pool); !ran) return tl::unexpected(DecodeError{ran.error()});
    return result;
  }
  const auto left = static_cast<double>(usable.bytes - *weight_bytes - result.cache_bytes);
  const auto budget = static_cast<uint64_t>(pool_share * left);
  WeightPool part_weights(working_set_of(step, machine, budget), budget);
  Workbench bench{.pool = pool, .weights = part_weights};
  const Bounds bounds;
  std::map<std::string, std::string> checked;
  auto composition =
      Composition::prepare(step, bench,
                           {bench, kernels, machine.topology.last_level_cache_bytes.value.value_or(0),
                            operand_bytes, bounds, checked});
  if (!composition) return tl::unexpected(DecodeError{composition.error()});
  run.begin();
  if (const auto ran = run.decode(&*composition, pool); !ran) return tl::unexpected(DecodeError{ran.error()});
  return result;
}

}  // namespace weighin
