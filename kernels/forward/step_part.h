// The parts that a step's time is divided into.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weighin {

/// Waiting for the slowest thread belongs to the part that it ends.
enum class StepPart : uint8_t { matrices, attention, norms, rounding, activation, embedding, sampling };
inline constexpr size_t step_parts = 7;
std::string_view part_name(StepPart part);

/// Seconds of one step, by StepPart.
using PartSeconds = std::array<double, step_parts>;

}  // namespace weighin
