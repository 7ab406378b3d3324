#include "kernels/operands/operands.h"

#include <algorithm>
#include <bit>

#include "kernels/operands/activations.h"

namespace weighin {
namespace {

float with_sign(float size, bool minus) {
  return minus ? -size : size;
}

/// Ordinary values repeat after this many: whole groups, but no multiple of a larger power of
/// two, so that rows differ.
constexpr uint64_t ordinary_period = 4095 * uint64_t{activation_group};

/// Repeats the first `period` values of `x` up to its end. Millions of random numbers would take longer than
/// the work that they are made for.
void repeat(Floats& x, uint64_t period) {
  for (uint64_t at = period; at < x.size(); at += period)
    std::copy_n(x.begin(), std::min(period, x.size() - at), x.begin() + static_cast<ptrdiff_t>(at));
}

float denormal(Random& random) {
  return std::bit_cast<float>(static_cast<uint32_t>(random()) & 0x807fffff);
}

void adversarial_group(float* x, float large, bool last, Random& random) {
  const auto kind = last ? 4 : random() % 7;
  const uint64_t spike = random() % activation_group;
  for (uint32_t i = 0; i < activation_group; ++i) {
    const auto bits = random();
    const bool minus = (bits & 1) != 0;
    const auto some = static_cast<float>(bits >> 8 & 127);
    const float any = with_sign(i == 5 ? 127 : some, minus);
    switch (kind) {
      case 0:
        x[i] = with_sign(0, minus);
        break;
      case 1:
        x[i] = denormal(random);
        break;
      case 2:
        x[i] = i == spike ? with_sign(127, minus) : any * 0x1p-30F;
        break;
      case 3:
        x[i] = with_sign(127, i % 2 != 0) * 0x1p-7F;
        break;
      case 4:
        x[i] = i == 0 ? 127 : i + 1 == activation_group ? -127 : with_sign(i % 3, minus);
        break;
      case 5:
        x[i] = any * large;
        break;
      default:
        x[i] = any * 0x1p-7F;
    }
  }
}

}  // namespace

Floats activations(uint64_t count, Data data, uint64_t seed) {
  Random random(seed);
  Floats x((count + activation_group - 1) / activation_group * activation_group);
  if (data == Data::adversarial) {
    const float large = seed % 2 ? 0x1p20F : 1.0F;
    for (uint64_t at = 0; at < x.size(); at += activation_group) {
      adversarial_group(&x[at], large, at + activation_group == x.size(), random);
    }
  } else {
    const uint64_t period = std::min<uint64_t>(x.size(), ordinary_period);
    for (uint64_t i = 0; i < period; ++i) {
      const auto bits = random();
      const auto size = static_cast<float>(i % activation_group == 5 ? 127 : bits >> 8 & 127);
      x[i] = with_sign(size, (bits & 1) == 0) * 0x1p-7F;
    }
    repeat(x, period);
  }
  x.resize(count);
  return x;
}

Floats row_scales(uint64_t count, uint64_t seed) {
  Random random(seed);
  std::uniform_real_distribution<float> between(0x1p-4F, 2.0F);
  Floats scales(count);
  for (float& scale : scales) scale = between(random);
  return scales;
}

Floats operand_rows(uint64_t count, uint64_t row, float limit, Data data, uint64_t seed) {
  Random random(seed);
  std::uniform_real_distribution<float> between(-limit, limit), tiny(-1e-6F, 1e-6F);
  Floats values(count);
  if (data == Data::ordinary) {
    const uint64_t period = std::min(count, ordinary_period);
    for (uint64_t i = 0; i < period; ++i) values[i] = between(random);
    repeat(values, period);
    return values;
  }
  uint64_t kind = 5, spike = 0, last = 0;
  for (uint64_t i = 0; i < count; ++i) {
    if (i == last) {
      const uint64_t row_end = (i / row + 1) * row;
      last = i % row == 0 && random() % 2 ? row_end : std::min(row_end, i + 32);
      kind = random() % 6;
      spike = i + random() % (last - i);
    }
    const bool minus = (i & 1) != 0;
    switch (kind) {
      case 0:
        values[i] = with_sign(0, minus);
        break;
      case 1:
        values[i] = denormal(random);
        break;
      case 2:
        values[i] = with_sign(limit, minus);
        break;
      case 3:
        values[i] = i == spike ? with_sign(limit, minus) : tiny(random);
        break;
      case 4:
        values[i] = limit;
        break;
      default:
        values[i] = between(random);
    }
  }
  return values;
}

}  // namespace weighin
