// The parts of a step, by which the efficiency of an engine is distinguished.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/problem/problem.h"

namespace weighin {

/// What a step does: it decodes one token, computes a prompt, or computes a text of an encoder.
enum class Phase : uint8_t { decode, prefill, encode };
std::string_view phase_name(Phase phase);

enum class PartKind : uint8_t { product, attention, other };
std::string_view part_name_of(PartKind kind);  // "product", "attention", "other"

/// All operations of one step of one kind, and of one format where they are products.
struct StepPartTime {
  PartKind kind = PartKind::other;
  FormatId format = FormatId::none;
  double operations = 0;  // how many
  double seconds = 0;     // what the reference kernels take for all of them
  double peak_s = 0;      // what their operations take at the measured peak of int8; 0: not measured
};

/// The kind of an operation. The rounding of activations counts as a small operation.
PartKind part_kind(Op op);

/// The format that distinguishes the part of `problem`: that of a product, else none.
FormatId part_format(const Problem& problem);

}  // namespace weighin
