// Random weights that are valid in every format: what a synthetic model is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

#include "models/format/format.h"

namespace weighin {

/// Fills `blocks`, a whole number of blocks of `format`, with random ones whose values are finite and spread
/// by about `deviation` around zero: any bits where every bit pattern is a value, sane scales where a scale
/// stands.
void fill_random_blocks(FormatId format, double deviation, std::mt19937_64& random,
                        std::span<std::byte> blocks);

}  // namespace weighin
