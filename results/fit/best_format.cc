#include "results/fit/best_format.h"

namespace weighin {
namespace {

/// Bits a weight of "8 bits" may have: q8_0 carries a 16-bit scale for 32 values.
constexpr double most_bits = 8.5;
constexpr double fewest_bits = 4;

/// Larger is faster; negative when not known.
double speed(const Verdict& verdict) {
  if (verdict.encode_ms) return 1 / verdict.encode_ms->mid;
  return verdict.decode_tps ? verdict.decode_tps->mid : -1;
}

}  // namespace

bool may_be_chosen(double bits_per_weight, bool allow_low_bit) {
  return allow_low_bit || bits_per_weight >= fewest_bits;
}

const Verdict& best_format(std::span<const Verdict> verdicts, bool allow_low_bit) {
  const auto bits = [](const Verdict& v) { return v.bits_per_weight; };
  const auto allowed = [&](const Verdict& v) { return may_be_chosen(bits(v), allow_low_bit); };
  for (const Verdict& v : verdicts)
    if (allowed(v) && bits(v) <= most_bits && v.answer == Answer::runs_well) return v;
  const Verdict* fastest = nullptr;
  const Verdict* finest = nullptr;  // where no speed is known
  const Verdict* smallest = nullptr;
  for (const Verdict& v : verdicts) {
    if (!allowed(v)) continue;
    if (!smallest || v.memory.peak_bytes() < smallest->memory.peak_bytes()) smallest = &v;
    if (v.fits == false) continue;
    if (!finest && bits(v) <= most_bits) finest = &v;
    if (speed(v) > 0 && (!fastest || speed(v) > speed(*fastest))) fastest = &v;
  }
  for (const Verdict* found : {fastest, finest, smallest})
    if (found) return *found;
  return verdicts.front();
}

}  // namespace weighin
