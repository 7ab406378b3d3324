// Which products of experts a plan measures.
#pragma once

#include <vector>

#include "kernels/problem/problem.h"

namespace weighin {

/// The products of experts that stand for those of mixtures: a few shapes of published models, of one token
/// and of a prompt, in the formats of ranked_formats() and in MXFP4, in which gpt-oss is published. Whole, to
/// be cut to slabs. The format that comes first in ranked_formats() comes first.
std::vector<Problem> planned_experts();

}  // namespace weighin
