#include "kernels/isa/isa.h"

namespace weighin {
namespace {

struct Row {
  std::string_view name;
  bool (*runs)(const Simd& s);
};

constexpr Row rows[] = {
#define ISA(name, architecture, target, needs) {#name, []([[maybe_unused]] const Simd& s) { return needs; }},
#include "kernels/isa/isa.inc"
#undef ISA
};

}  // namespace

std::string_view isa_name(Isa isa) {
  return rows[static_cast<size_t>(isa)].name;
}

bool runs(const Simd& simd, Isa isa) {
  return rows[static_cast<size_t>(isa)].runs(simd);
}

}  // namespace weighin
