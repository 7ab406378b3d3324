// Products of experts as kernels: each token is multiplied with a few of many matrices of one size. All
// matrices that are used are computed in one parallel region.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/kernel/kernel.h"

namespace weighin {

/// Which experts each token uses: [n][used], each at most once a token.
using Routing = std::vector<uint32_t>;

/// The routing of run number `run`. An engine's router decides anew for each token, so every run has another
/// one.
using Router = std::function<Routing(uint64_t run)>;

/// Each token's experts drawn at random, all equally often, as routers are trained to spread them.
Router random_router(const Problem& problem, uint64_t seed);

/// Makes `problem` (expert_products) ready to be computed by `functions`, which must outlive the result. Its
/// weights are `heads` matrices W[m][k] that follow each other in memory, its activations X[n][k] are rounded
/// once for all experts, and its results are Y[n][kv_heads][m].
///
/// Of one token, the threads share the rows of all its matrices, so that they meet once and not once a
/// matrix. Of many tokens, the rounded activations are first copied together for each expert. The threads
/// then take pieces of the experts' rows as they become free, those of the experts with the most tokens
/// first, and copy each result to its token.
///
/// Products of one token ask for their weights as `ahead` says. `router` is called for every run until its
/// routings repeat (after most_routings); without one it is random_router(). Error: what could not be
/// allocated or does not fit, and its size; or that `functions` have no product of one token and the problem
/// is one.
tl::expected<std::unique_ptr<Prepared>, std::string> prepare_experts(const Problem& problem, Workbench& bench,
                                                                     const MatrixFunctions& functions,
                                                                     Ahead ahead = {},
                                                                     const Router& router = {});

/// Routings that are made before the runs and then repeat: so many that one token's experts are all matrices
/// of most mixtures, and a few where many tokens reach nearly all experts anyway.
inline constexpr uint32_t most_routings_of_token = 64, most_routings_of_prompt = 4;

/// The kernels cpu.expert_products.FORMAT.ISA, for the products of products.h: with the same suffixes for
/// plain weights and, of packed ones, for the ways of asking ahead.
std::vector<Kernel> expert_kernels();

}  // namespace weighin
