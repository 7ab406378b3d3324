// The costs of an engine's own operations, from what was measured of its kernels on a device.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "results/measured/cached_products.h"
#include "results/measured/operation_costs.h"
#include "results/records/measurement.h"

namespace weighin {

/// The kernels of rows that follow from models which differ in their layers alone begin with this word
/// (harness/engines/layer_difference.h). Their products hold the small operations of a layer.
inline constexpr std::string_view difference_kernel = "difference.";

/// An engine's operations at one thread count, or on a GPU. Every operation was timed in a long graph, so its
/// seconds hold what a node of the graph costs. They grow along straight lines (docs/method/measured.md):
/// - products: a part that does not depend on the rows (the rounding of activations, the meeting of the
///   threads; it grows with the row's length), and a part that grows with the bytes of the weights (decode)
///   or with the operations;
/// - attention of one token: a part of the node, and one that grows with the tokens in the cache;
/// - attention of a prompt: operations;
/// - small operations: between and beyond the measured sizes along a line through the two nearest.
/// No operation takes less than the smallest node of a graph.
class EngineCosts {
 public:
  /// Of the rows of one engine in `measurements` with `threads` threads. It refers to them.
  EngineCosts(std::span<const Measurement* const> measurements, uint32_t threads);

  /// Whether products of decode and prefill were measured.
  bool any_products() const;
  /// Whether products hold all of a layer but its attention, as where layers were measured by difference.
  bool by_difference() const { return by_difference_; }
  /// Whether any problem of `op` was measured.
  bool any(Op op) const;
  /// The cost of `problem`. Empty: no problem of that operation and format was measured.
  std::optional<OperationCost> of(const Problem& problem) const;
  /// How much less a decode product with weights of `format` takes in a model that reads `bytes` for each
  /// token than in one of which no cache holds any part.
  CachedShare cached(FormatId format, double bytes) const { return cached_.of(format, bytes); }

 private:
  using Kind = std::tuple<Op, FormatId>;
  std::optional<OperationCost> product(const Problem& problem) const;
  std::optional<OperationCost> product_of_other_format(Problem problem) const;
  std::optional<OperationCost> small(const Problem& problem) const;
  double node_s() const;
  std::optional<OperationCost> attention(const Problem& problem) const;
  std::optional<OperationCost> experts(const Problem& problem) const;
  double fixed_s(const Problem& problem, const Measurement& like) const;
  std::span<const Measurement* const> rows(Op op, FormatId format) const;

  std::map<Kind, std::vector<const Measurement*>> kinds_;
  CachedProducts cached_;
  bool by_difference_ = false;
};

/// The engine whose rows answer for `engine` ("llama.cpp") on the GPU with the id `gpu`, or on the CPU where
/// that is empty: of those in `measurements` whose name begins with it, the one that was measured last.
/// Empty: there is none.
std::string measured_engine(std::span<const Measurement> measurements, std::string_view engine,
                            std::string_view gpu);

}  // namespace weighin
