#include "results/measured/cost_model.h"

#include <algorithm>

namespace weighin {
namespace {

constexpr std::string_view cpu_backend = "cpu";
constexpr std::string_view gpu_backend = "vulkan";
constexpr std::string_view cuda_backend = "cuda";  // of llama.cpp's own kernels

/// The measurements of the reference kernels on the GPU with that id, or on the CPU where `gpu` is empty.
std::vector<const Measurement*> measured_on(std::span<const Measurement> measurements, std::string_view gpu) {
  std::vector<const Measurement*> found;
  for (const Measurement& m : measurements)
    if (m.gpu == gpu && m.backend == (gpu.empty() ? cpu_backend : gpu_backend) && !m.of_engine())
      found.push_back(&m);
  return found;
}

std::optional<double> fastest_storage(std::span<const Measurement* const> measurements) {
  std::optional<double> best;
  for (const Measurement* m : measurements) {
    if (m->problem.op != Op::storage_read || !usable(*m) || m->problem.m == 0) continue;
    const double rate = static_cast<double>(m->problem.m) / m->seconds;
    if (!best || rate > *best) best = rate;
  }
  return best;
}

}  // namespace

CostModel::CostModel(std::span<const Measurement> measurements, std::span<const Verification> verified,
                     std::span<const Measurement> of_engines, std::string_view processor)
    : CostModel(measurements, verified, of_engines, processor, "") {
  for (const Measurement& m : measurements) {
    if (m.backend != gpu_backend || m.of_engine() || m.gpu.empty() || gpus_.contains(m.gpu)) continue;
    // The constructor is private: make_unique may not call it.
    gpus_.emplace(m.gpu,
                  std::unique_ptr<CostModel>(new CostModel(measurements, {}, of_engines, processor, m.gpu)));
  }
}

CostModel::CostModel(std::span<const Measurement> measurements, std::span<const Verification> verified,
                     std::span<const Measurement> of_engines, std::string_view processor, std::string gpu)
    : gpu_(std::move(gpu)),
      measurements_(measured_on(measurements, gpu_)),
      measured_(measurements_),
      storage_bytes_per_s_(fastest_storage(measurements_)) {
  const uint32_t most = measured_.most_measured();
  const OperationCosts* other = nullptr;
  if (most) other = &costs_.try_emplace(most, measured_, most, nullptr).first->second;
  for (const std::string_view engine : known_engines())
    if (engine != reference_engine) take_engine(engine, of_engines);
  const std::string isa = isa_of(measurements);
  for (const uint32_t threads : thread_counts()) {
    costs_.try_emplace(threads, measured_, threads, other);
    for (const std::string_view engine : known_engines()) {
      const std::pair key{engine, threads};
      if (on_gpu()) {
        efficiencies_.try_emplace(key, EngineEfficiency::of_gpu(engine));
      } else {
        efficiencies_.try_emplace(key, engine, isa, threads, verified, processor);
      }
    }
  }
}

const CostModel* CostModel::gpu(std::string_view id) const {
  const auto found = gpus_.find(id);
  return found == gpus_.end() ? nullptr : found->second.get();
}

void CostModel::take_engine(std::string_view engine, std::span<const Measurement> of_engines) {
  const std::string measured = weighin::measured_engine(of_engines, engine, gpu_);
  if (measured.empty()) return;
  engines_measured_[engine] = measured;
  std::vector<const Measurement*> here;
  for (const Measurement& m : of_engines)
    if (m.engine == measured && m.gpu == gpu_) here.push_back(&m);
  // Of two backends for one GPU, engines take CUDA where it is installed.
  const auto of_cuda = [](const Measurement* m) { return m->backend == cuda_backend && usable(*m); };
  if (std::any_of(here.begin(), here.end(), of_cuda))
    std::erase_if(here, [](const Measurement* m) { return m->backend != cuda_backend; });
  std::map<uint32_t, size_t> counts;
  for (const Measurement* m : here)
    if (usable(*m)) ++counts[m->threads];
  for (const auto& [threads, count] : counts) {
    EngineCosts costs(here, threads);
    // An engine of encoders has no products of one token.
    const bool enough = engine == onnxruntime_engine ? costs.any(Op::gemm) : costs.any_products();
    if (enough) engine_costs_.try_emplace({engine, threads}, std::move(costs));
  }
}

std::vector<uint32_t> CostModel::engine_thread_counts(std::string_view engine) const {
  std::vector<uint32_t> counts;
  for (const auto& [of, costs] : engine_costs_)
    if (of.first == engine) counts.push_back(of.second);
  return counts;
}

const EngineCosts* CostModel::engine_costs(std::string_view engine, uint32_t threads) const {
  const auto found = engine_costs_.find({engine, threads});
  return found == engine_costs_.end() ? nullptr : &found->second;
}

const std::string& CostModel::engine_measured(std::string_view engine) const {
  static const std::string none;
  const auto found = engines_measured_.find(engine);
  return found == engines_measured_.end() ? none : found->second;
}

double CostModel::int8_peak(uint32_t threads) const {
  double best = 0;
  for (const Measurement* m : measured_.of(Op::peak_int8, FormatId::none, threads))
    best = std::max(best, cost_of(m->problem).operations / m->seconds);
  return best;
}

const EngineEfficiency& CostModel::efficiency(std::string_view engine, uint32_t threads) const {
  const auto found = efficiencies_.find({engine, threads});
  return found == efficiencies_.end() ? reference_ : found->second;
}

}  // namespace weighin
