#include "results/fit/best_format.h"

#include <optional>

namespace weighin {
namespace {

/// Bits a weight of "8 bits" may have: q8_0 carries a 16-bit scale for 32 values.
constexpr double most_bits = 8.5;
constexpr double fewest_bits = 4;
constexpr double fewest_bits_of_encoders = 8;

/// Larger is faster; negative when not known.
double speed(const Verdict& verdict) {
  if (verdict.prediction.audio_s_per_s) return verdict.prediction.audio_s_per_s->mid;
  if (verdict.prediction.encode_ms) return 1 / verdict.prediction.encode_ms->mid;
  return verdict.prediction.decode_tps ? verdict.prediction.decode_tps->mid : -1;
}

}  // namespace

bool may_be_chosen(Task task, double bits_per_weight, bool allow_low_bit) {
  return allow_low_bit || bits_per_weight >= (task == Task::encode ? fewest_bits_of_encoders : fewest_bits);
}

size_t best_format(std::span<const Verdict> verdicts, bool allow_low_bit) {
  const auto bits = [&](size_t i) { return verdicts[i].needs.bits_per_weight; };
  const auto needed = [&](size_t i) { return verdicts[i].needs.memory.needed_bytes(); };
  std::optional<size_t> fastest, smallest;
  std::optional<size_t> finest;  // where no speed is known
  for (size_t i = 0; i < verdicts.size(); ++i) {
    if (!may_be_chosen(verdicts[i].needs.task, bits(i), allow_low_bit)) continue;
    if (bits(i) <= most_bits && verdicts[i].judgement.answer == Answer::runs_well) return i;
    if (!smallest || needed(i) < needed(*smallest)) smallest = i;
    if (verdicts[i].fits == false) continue;
    if (!finest && bits(i) <= most_bits) finest = i;
    if (speed(verdicts[i]) > 0 && (!fastest || speed(verdicts[i]) > speed(verdicts[*fastest]))) fastest = i;
  }
  for (const auto& found : {fastest, finest, smallest})
    if (found) return *found;
  return 0;
}

}  // namespace weighin
