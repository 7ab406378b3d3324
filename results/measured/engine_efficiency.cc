#include "results/measured/engine_efficiency.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "results/measured/operation_costs.h"

namespace weighin {
namespace {

constexpr std::array<std::string_view, 3> engines{llamacpp_engine, reference_engine, onnxruntime_engine};

/// What the table was measured with, as it is shown with every answer.
constexpr std::string_view llamacpp_source =
    "llama.cpp v0.5.0 (node-llama-cpp 3.22.1) beside these kernels, 2 cores of an AMD EPYC (Zen 4), "
    "2026-11-25";

struct ShippedFactor {
  std::string_view isa;
  PartKey key;
  double one, all;  // threads
};

/// The residuals on a processor of another family than the one that the factors were fitted on: what the
/// family that was left out shows, 2 cores of an Intel Xeon (Sapphire Rapids, AVX-512). At rest it took up
/// to 1.46 times the predicted time in decode and up to 1.82 times in a prompt (weighin verify, 2026-11:
/// TinyLlama in q4_0, Gemma 3 1B in q8_0). Judgement: a third more, since one family is no sample.
constexpr double other_family_decode = 0.46 * 4 / 3, other_family_prefill = 0.82 * 4 / 3;

/// Where the reference kernels' own seconds on a GPU stand for llama.cpp's, judgements by the published rows
/// that ship (results/accuracy/published/rows.csv). Through Vulkan, a token of a dense model reads its
/// weights at 0.45 to 0.89 of the specified bandwidth on NVIDIA's and AMD's cards (six rows of seven, the
/// middle one 0.77), and 0.77 is about what these kernels are made for. A prompt takes through Vulkan 0.8
/// to 2.4 times as long as through the maker's own interface (SPEC_BACKEND in results/spec/constants.inc; two
/// cards with both: 1.8 and 2.4).
constexpr double gpu_decode_residual = 0.75, gpu_prefill_residual = 1.40;

using enum Phase;
using enum PartKind;

struct ShippedOverhead {
  std::string_view isa;
  Phase phase;
  double one, all;  // seconds
};

struct ShippedCore {
  std::string_view isa;
  FormatId format;
  double one, all;  // shares of the peak of int8 at as many threads
};

struct ShippedResidual {
  Phase phase;
  double shipped, learned;
};

constexpr ShippedFactor llamacpp_factors[] = {
#define EFFICIENCY(isa, phase, part, format, one, all) {#isa, {phase, part, FormatId::format}, one, all},
#include "results/measured/engines/llamacpp.inc"
};
constexpr ShippedCore llamacpp_cores[] = {
#define CORE(isa, format, one, all) {#isa, FormatId::format, one, all},
#include "results/measured/engines/llamacpp.inc"
};
constexpr std::pair<std::string_view, double> llamacpp_passes[] = {
#define PASS(isa, factor) {#isa, factor},
#include "results/measured/engines/llamacpp.inc"
};
constexpr ShippedOverhead llamacpp_overheads[] = {
#define OVERHEAD(isa, phase, one, all) {#isa, phase, one, all},
#include "results/measured/engines/llamacpp.inc"
};
constexpr ShippedResidual llamacpp_residuals[] = {
#define RESIDUAL(phase, shipped, learned) {phase, shipped, learned},
#include "results/measured/engines/llamacpp.inc"
};

/// Whether the factors were fitted on a processor of this maker: AMD's with AVX-512 (Zen 4). A name that is
/// not known may be of any.
bool of_fitted_maker(std::string_view processor) {
  return processor.empty() || processor.find("AMD") != std::string_view::npos;
}

/// Instruction sets that one build of an engine's kernels serves count as one.
std::string_view family_of(std::string_view isa) {
  for (const std::string_view family : {"avx512", "avx", "neon", "sse"})
    if (isa.starts_with(family)) return family == "avx" ? "avx2" : family;
  return isa;
}

}  // namespace

std::span<const std::string_view> known_engines() {
  return engines;
}

EngineEfficiency::EngineEfficiency(std::string_view engine, std::string_view isa, uint32_t threads,
                                   std::span<const Verification> verified, std::string_view processor) {
  if (engine == reference_engine) return;
  engine_ = llamacpp_engine;
  std::string_view family = family_of(isa);
  const bool known = std::any_of(std::begin(llamacpp_factors), std::end(llamacpp_factors),
                                 [&](const ShippedFactor& f) { return f.isa == family; });
  basis_ = known && of_fitted_maker(processor) ? EfficiencyBasis::shipped : EfficiencyBasis::stand_in;
  if (!known) family = llamacpp_factors[0].isa;
  for (const ShippedFactor& f : llamacpp_factors)
    if (f.isa == family) factors_[f.key] = threads == 1 ? f.one : f.all;
  for (const ShippedCore& c : llamacpp_cores)
    if (c.isa == family) cores_[c.format] = threads == 1 ? c.one : c.all;
  for (const auto& [set, factor] : llamacpp_passes)
    if (set == family) pass_ = factor;
  source_ = fmt::format("{}: {}", efficiency_basis_name(basis_), llamacpp_source);
  for (const ShippedOverhead& o : llamacpp_overheads)
    if (o.isa == family) overhead_s_[static_cast<size_t>(o.phase)] = threads == 1 ? o.one : o.all;
  learn(verified, threads);
  for (const ShippedResidual& r : llamacpp_residuals)
    residual_[static_cast<size_t>(r.phase)] = basis_ == EfficiencyBasis::learned ? r.learned : r.shipped;
  if (basis_ != EfficiencyBasis::stand_in) return;
  residual_[static_cast<size_t>(Phase::decode)] = other_family_decode;
  residual_[static_cast<size_t>(Phase::prefill)] = other_family_prefill;
}

EngineEfficiency EngineEfficiency::of_gpu(std::string_view engine) {
  EngineEfficiency efficiency;
  if (engine == reference_engine) return efficiency;
  efficiency.engine_ = llamacpp_engine;
  efficiency.basis_ = EfficiencyBasis::unmeasured;
  efficiency.source_ =
      "not measured on GPUs: these kernels' own seconds, and an interval as wide as what is published";
  efficiency.residual_[static_cast<size_t>(Phase::decode)] = gpu_decode_residual;
  efficiency.residual_[static_cast<size_t>(Phase::prefill)] = gpu_prefill_residual;
  return efficiency;
}

double EngineEfficiency::factor(Phase phase, PartKind kind, FormatId format) const {
  const double common = common_[static_cast<size_t>(phase)];
  const auto found = factors_.find({phase, kind, format});
  if (found != factors_.end()) return common * correction({phase, kind, format}) * found->second;
  // For a format without a measured product of the engine, the middle of the other formats' factors is
  // taken.
  std::vector<double> others;
  for (const auto& [key, factor] : factors_)
    if (key.phase == phase && key.kind == kind) others.push_back(factor);
  if (others.empty()) return common;
  std::nth_element(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(others.size() / 2),
                   others.end());
  return common * others[others.size() / 2];
}

double EngineEfficiency::correction(const PartKey& key) const {
  const auto learned = corrections_.find(key);
  return learned == corrections_.end() ? 1 : learned->second;
}

double EngineEfficiency::operation_s(Phase phase, PartKind kind, FormatId format, double seconds,
                                     double peak_s) const {
  const auto core = cores_.find(format);
  if (phase != Phase::decode || kind != PartKind::product || core == cores_.end() || peak_s <= 0)
    return seconds * factor(phase, kind, format);
  // Waiting for memory and computing overlap only in part (docs/method/engines.md).
  const double overlapped = std::hypot(pass_ * seconds, peak_s / core->second);
  return common_[static_cast<size_t>(phase)] * correction({phase, kind, format}) * overlapped;
}

double EngineEfficiency::overhead_s(Phase phase) const {
  return common_[static_cast<size_t>(phase)] * overhead_s_[static_cast<size_t>(phase)];
}

double EngineEfficiency::residual(Phase phase) const {
  return residual_[static_cast<size_t>(phase)];
}

double EngineEfficiency::seconds(Phase phase, std::span<const StepPartTime> parts) const {
  double seconds = 0;
  for (const StepPartTime& part : parts)
    seconds += operation_s(phase, part.kind, part.format, part.seconds, part.peak_s) +
               part.operations * overhead_s(phase);
  return seconds;
}

/// The instruction set in a kernel's name: the fourth word of "cpu.gemv.q4_0.avx512vnni.ahead4k". Empty:
/// there is none.
static std::string isa_in(const std::string& kernel) {
  size_t at = 0;
  for (int dots = 0; dots < 3; ++dots) {
    at = kernel.find('.', at);
    if (at == std::string::npos) return "";
    ++at;
  }
  return kernel.substr(at, kernel.find('.', at) - at);
}

std::string isa_of(std::span<const Measurement> measurements) {
  std::map<std::string, size_t> counts;
  for (const Measurement& m : measurements) {
    if (!m.on_cpu() || m.of_engine() || !usable(m) || !is_matrix(m.problem.op)) continue;
    const std::string isa = isa_in(m.kernel);
    if (!isa.empty()) ++counts[isa];
  }
  const auto most = std::max_element(counts.begin(), counts.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? "" : most->first;
}

}  // namespace weighin
