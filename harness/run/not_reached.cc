#include "harness/run/not_reached.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "models/shape/size_class.h"

namespace weighin {
namespace {

/// So many rows can be looked through one by one.
constexpr size_t most_single_rows = 100;

/// What a plan has of one class, and how much of it was measured.
struct ClassCount {
  size_t problems = 0, measured = 0;
  std::map<std::pair<FormatId, Op>, size_t> products;  // measured ones, by format: decode and prefill
};

std::string words_of(std::string_view size_class, const ClassCount& count) {
  std::set<FormatId> planned, whole;
  for (const auto& [product, measured] : count.products) {
    const FormatId format = product.first;
    const auto has = [&](Op op) {
      const auto found = count.products.find({format, op});
      return found == count.products.end() || found->second > 0;
    };
    planned.insert(format);
    if (has(Op::gemv) && has(Op::gemm)) whole.insert(format);
  }
  return fmt::format("{} ({} of {} problems measured, decode and prefill in {} of {} formats)", size_class,
                     count.measured, count.problems, whole.size(), planned.size());
}

}  // namespace

std::vector<Measurement> rows_of_not_reached(std::vector<Measurement> skipped) {
  if (skipped.size() <= most_single_rows) return skipped;
  std::vector<Measurement> rows;
  std::map<std::tuple<std::string, Op, FormatId, uint32_t>, size_t> places;
  for (Measurement& row : skipped) {
    const auto [place, fresh] =
        places.try_emplace({row.gpu, row.problem.op, row.problem.format, row.threads}, rows.size());
    if (fresh) {
      rows.push_back(std::move(row));
      continue;
    }
    std::vector<std::string>& classes = rows[place->second].size_classes;
    for (std::string& size_class : row.size_classes)
      if (std::find(classes.begin(), classes.end(), size_class) == classes.end())
        classes.push_back(std::move(size_class));
  }
  return rows;
}

std::string sentence_of_not_reached(std::span<const PlanItem> items, std::span<const Measurement> skipped) {
  if (skipped.empty()) return "";
  std::set<std::pair<Problem, uint32_t>> lacking;
  for (const Measurement& row : skipped) lacking.emplace(row.problem, row.threads);
  std::map<std::string, ClassCount, std::less<>> counts;
  for (const PlanItem& item : items) {
    const size_t measured = lacking.contains({item.problem, item.threads}) ? 0 : 1;
    for (const std::string& size_class : item.size_classes) {
      ClassCount& count = counts[size_class];
      ++count.problems;
      count.measured += measured;
      if (is_matrix(item.problem.op)) count.products[{item.problem.format, item.problem.op}] += measured;
    }
  }
  std::vector<std::string> classes;
  for (const SizeClass& size_class : all_size_classes()) {
    const auto found = counts.find(size_class.name);
    if (found == counts.end() || found->second.measured == found->second.problems) continue;
    classes.push_back(words_of(size_class.name, found->second));
  }
  if (classes.empty())
    return fmt::format("the time ended before {} of {} problems were measured", skipped.size(), items.size());
  return fmt::format("the time ended before all was measured; the rest is priced from what was: {}",
                     fmt::join(classes, ", "));
}

}  // namespace weighin
