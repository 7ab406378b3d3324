#include "tests/engine/compare/table.h"

#include <fmt/format.h>

#include "harness/timing/statistics.h"
#include "tests/engine/compare/bars.h"

namespace weighin {
namespace {

/// GB/s or GOP/s of samples that do `work` each, or 0 where there are none.
double rate(const Comparison& c, const Samples& samples) {
  return samples.empty() ? 0 : c.work / median(samples) * 1e-9;
}

std::string rate_text(const Comparison& c, const Samples& samples) {
  return samples.empty() ? "-" : fmt::format("{:.1f}", rate(c, samples));
}

double rounding_share(const Comparison& c) {
  return c.rounding.empty() ? 0 : paired(c.rounding, c.ours);
}

/// Our speed relative to theirs, both with weights in the order of the file.
double plain_times(const Comparison& c) {
  return paired(c.theirs_plain, sum_of(c.ours_plain.empty() ? c.ours : c.ours_plain, c.rounding));
}

const char* unit(const Comparison& c) {
  return c.of.problem.op == Op::gemm ? "GOP/s" : "GB/s";
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : "; ") + part;
  return all;
}

}  // namespace

std::string table_head() {
  const std::string head = fmt::format(
      "| {:<21} | {:>3} | {:<5} | {:>6} | {:>6} | {:>6} | {:>8} | {:>9} | {:>12} | {:>8} | {:>9} | {:>11} | "
      "{:<5} | {:>4} | missed |\n",
      "case", "thr", "unit", "bound", "ours", "plain", "rounding", "llama.cpp", "its repacked", "of bound",
      "times its", "plain times", "check", "load");
  return head + "|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|--:|---|\n";
}

std::string table_line(const Comparison& c) {
  return fmt::format(
      "| {:<21} | {:>3} | {:<5} | {:>6} | {:>6} | {:>6} | {:>7.1f}% | {:>9} | {:>12} | {:>8.2f} | {:>9.2f} | "
      "{:>11.2f} | {:<5} | {:>3.0f}% | {} |\n",
      case_name(c.of.problem), c.of.threads, unit(c), rate_text(c, c.bound), rate_text(c, c.ours),
      rate_text(c, c.ours_plain), 100 * rounding_share(c), rate_text(c, c.theirs_plain),
      rate_text(c, c.theirs_repacked), fraction_of_bound(c), times_their_speed(c), plain_times(c),
      c.right() ? "right" : "WRONG", 100 * c.other_load, joined(missed(c)));
}

std::string table_line(const ComparisonCase& of, const std::string& reason) {
  return fmt::format("| {:<21} | {:>3} | not compared: {} |\n", case_name(of.problem), of.threads, reason);
}

std::string csv_head() {
  return "case,threads,m,n,k,heads,kv_heads,context,kernel,plain_kernel,bound_kernel,their_layout,unit,bound,"
         "ours,ours_plain,rounding_share,theirs_plain,theirs_repacked,fraction_of_bound,"
         "their_fraction_of_bound,times_theirs,plain_times_theirs_plain,error,tolerance,their_error,"
         "their_tolerance,right,other_load,alternations,missed\n";
}

std::string csv_line(const Comparison& c) {
  const Problem& p = c.of.problem;
  std::string line = fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}", case_name(p), c.of.threads, p.m,
                                 p.n, p.k, p.heads, p.kv_heads, p.context, c.kernel, c.plain_kernel,
                                 c.bound_kernel, c.their_layout, unit(c));
  line += fmt::format(",{:.4g},{:.4g},{:.4g},{:.4g},{:.4g},{:.4g}", rate(c, c.bound), rate(c, c.ours),
                      rate(c, c.ours_plain), rounding_share(c), rate(c, c.theirs_plain),
                      rate(c, c.theirs_repacked));
  line += fmt::format(",{:.4g},{:.4g},{:.4g},{:.4g}", fraction_of_bound(c), paired(c.bound, c.theirs()),
                      times_their_speed(c), plain_times(c));
  line += fmt::format(",{:.3g},{:.3g},{:.3g},{:.3g},{},{:.3g},{},\"{}\"\n", c.check.error, c.check.tolerance,
                      c.their_check.error, c.their_check.tolerance, c.right() ? 1 : 0, c.other_load,
                      c.ours.size(), joined(missed(c)));
  return line;
}

}  // namespace weighin
