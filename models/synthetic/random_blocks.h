// Random weights that are valid in every tensor format. Synthetic models are made of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

#include "models/format/format.h"

namespace weighin {

/// Fills `blocks`, which are whole blocks of `format`, with random values around zero. All are finite, with a
/// standard deviation of about `deviation`. Scales are chosen for that; all other bits are random.
void fill_random_blocks(FormatId format, double deviation, std::mt19937_64& random,
                        std::span<std::byte> blocks);

}  // namespace weighin
