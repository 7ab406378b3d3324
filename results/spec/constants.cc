#include "results/spec/constants.h"

#include <array>

namespace weighin {
namespace {

constexpr std::array<DecodeConstants, spec_classes> decode{{
#define SPEC_DECODE(device, efficiency, layer_s, bandwidth_exponent) \
  {efficiency, layer_s, bandwidth_exponent},
#include "results/spec/constants.inc"
#undef SPEC_DECODE
}};

constexpr std::array<PrefillConstants, spec_classes> prefill{{
#define SPEC_PREFILL(device, ...) {__VA_ARGS__},
#include "results/spec/constants.inc"
#undef SPEC_PREFILL
}};

constexpr std::array<std::array<double, quant_kinds>, spec_classes> kinds_of_prefill{{
#define SPEC_PREFILL_KINDS(device, ...) {__VA_ARGS__},
#include "results/spec/constants.inc"
#undef SPEC_PREFILL_KINDS
}};

struct BackendRow {
  SpecClass device;
  SpecBackend backend;
  BackendConstants constants;
};
constexpr std::array backends{
#define SPEC_BACKEND(device, backend, decode, prefill) \
  BackendRow{SpecClass::device, SpecBackend::backend, {decode, prefill}},
#include "results/spec/constants.inc"
#undef SPEC_BACKEND
};

struct EngineRow {
  SpecEngine engine;
  EngineConstants constants;
};
constexpr std::array engines{
#define SPEC_ENGINE_FACTORS(engine, ...) EngineRow{SpecEngine::engine, {__VA_ARGS__}},
#include "results/spec/constants.inc"
#undef SPEC_ENGINE_FACTORS
};

constexpr std::array<TypeConstants, 3> types{{
#define SPEC_TYPE(type, expert_bytes, cache_bytes, ...) {expert_bytes, cache_bytes, {__VA_ARGS__}},
#include "results/spec/constants.inc"
#undef SPEC_TYPE
}};

constexpr std::array<SpreadConstants, spec_classes> spreads{{
#define SPEC_SPREAD(device, ...) {__VA_ARGS__},
#include "results/spec/constants.inc"
#undef SPEC_SPREAD
}};

constexpr SpecConstants constants{
#define SPEC_CONSTANT(name, value) .name = (value),
#include "results/spec/constants.inc"
#undef SPEC_CONSTANT
};

}  // namespace

const DecodeConstants& decode_constants(SpecClass device) {
  return decode[static_cast<size_t>(device)];
}

const PrefillConstants& prefill_constants(SpecClass device) {
  return prefill[static_cast<size_t>(device)];
}

const std::array<double, quant_kinds>& prefill_kinds(SpecClass device) {
  return kinds_of_prefill[static_cast<size_t>(device)];
}

BackendConstants backend_constants(SpecClass device, SpecBackend backend) {
  for (const BackendRow& row : backends)
    if (row.device == device && row.backend == backend) return row.constants;
  return {1, 1};
}

const EngineConstants& engine_constants(SpecEngine engine) {
  for (const EngineRow& row : engines)
    if (row.engine == engine) return row.constants;
  return engines.front().constants;
}

const TypeConstants& type_constants(SpecClass device) {
  return types[device == SpecClass::npu ? 2 : is_cpu(device) ? 1 : 0];
}

const SpreadConstants& spread_constants(SpecClass device) {
  return spreads[static_cast<size_t>(device)];
}

const SpecConstants& spec_constants() {
  return constants;
}

}  // namespace weighin
