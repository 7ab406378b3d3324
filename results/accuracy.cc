#include "results/accuracy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "results/spec_prediction.h"

namespace weighin {
namespace {

/// One measured number and what was predicted for it.
struct Pair {
  std::string device, chip_class, format;
  double measured = 0;
  double predicted = 0;  // 0: not answered
  double low = 0, high = 0;
};

/// Below this share of what was measured, memory was under-estimated (the line: past 5%).
constexpr double least_memory_share = 0.95;
constexpr double far_off = 0.30;

std::string or_unstated(std::string_view text) {
  return text.empty() ? "not stated" : std::string(text);
}

struct Pairs {
  std::vector<Pair> decode, prefill, memory;
};

Pairs pairs_of(const PublishedTable& table) {
  SpecReader reader;
  Pairs pairs;
  for (const PublishedRow& row : table.rows()) {
    if (!row.error.empty()) continue;
    const auto features = reader.read(row);
    const SpecPrediction p = features ? predict_from_specs(*features) : SpecPrediction{};
    const auto quant = quant_of_name(row.quant);
    const Pair pair{.device = std::string(row.device),
                    .chip_class = or_unstated(row.chip_class),
                    .format = quant ? std::string(kind_name(quant->kind)) : "not stated"};
    const auto add = [&](std::vector<Pair>& to, const std::optional<double>& measured,
                         const Interval& predicted) {
      if (!measured || *measured <= 0) return;
      to.push_back(pair);
      to.back().measured = *measured;
      to.back().predicted = predicted.mid;
      to.back().low = predicted.low;
      to.back().high = predicted.high;
    };
    add(pairs.decode, row.tg_tps, p.decode_tps);
    add(pairs.prefill, row.pp_tps, p.prefill_tps);
    add(pairs.memory, row.mem_gib_used, {0, p.memory_gib, 0});
  }
  return pairs;
}

double weighted_median(std::vector<std::pair<double, double>> values) {
  std::sort(values.begin(), values.end());
  double all = 0, sum = 0;
  for (const auto& value : values) all += value.second;
  for (const auto& value : values)
    if ((sum += value.second) >= all / 2) return value.first;
  return 0;
}

AccuracyLine line_of(const std::string& phase, const std::string& by, const std::string& group,
                     const std::vector<const Pair*>& pairs) {
  AccuracyLine line{.phase = phase, .by = by, .group = group, .rows = pairs.size()};
  std::map<std::string_view, size_t> rows_of;
  for (const Pair* pair : pairs) ++rows_of[pair->device];
  line.devices = rows_of.size();
  const bool memory = phase == "memory";
  double all = 0, answered = 0, logarithms = 0;
  std::vector<std::pair<double, double>> errors;
  for (const Pair* pair : pairs) {
    const double weight = 1.0 / static_cast<double>(rows_of[pair->device]);
    all += weight;
    if (pair->predicted <= 0) {
      ++line.unanswered;
      errors.emplace_back(std::numeric_limits<double>::infinity(), weight);
      continue;
    }
    const double ratio = pair->predicted / pair->measured, error = std::abs(ratio - 1);
    answered += weight;
    errors.emplace_back(error, weight);
    logarithms += weight * std::log(ratio);
    if (memory ? ratio >= least_memory_share : error <= far_off) line.within_30 += weight;
    if (!memory && pair->measured >= pair->low && pair->measured <= pair->high) line.covered += weight;
  }
  line.within_30 /= all;
  if (answered > 0) line.covered /= answered, line.bias = std::exp(logarithms / answered);
  line.median_error = weighted_median(std::move(errors));
  return line;
}

void add_lines(std::vector<AccuracyLine>& lines, const std::string& phase, const std::vector<Pair>& pairs) {
  if (pairs.empty()) return;
  std::vector<const Pair*> all;
  std::map<std::string, std::vector<const Pair*>> classes, formats;
  for (const Pair& pair : pairs) {
    all.push_back(&pair);
    classes[pair.chip_class].push_back(&pair);
    formats[pair.format].push_back(&pair);
  }
  lines.push_back(line_of(phase, "all", "all", all));
  for (const auto& [name, some] : classes) lines.push_back(line_of(phase, "class", name, some));
  for (const auto& [name, some] : formats) lines.push_back(line_of(phase, "format", name, some));
}

std::string percent(double share) {
  return std::isfinite(share) ? fmt::format("{:.0f}%", 100 * share) : "-";
}

}  // namespace

std::vector<AccuracyLine> accuracy_of(const PublishedTable& table) {
  const Pairs pairs = pairs_of(table);
  std::vector<AccuracyLine> lines;
  add_lines(lines, "decode", pairs.decode);
  add_lines(lines, "prefill", pairs.prefill);
  add_lines(lines, "memory", pairs.memory);
  return lines;
}

std::string accuracy_text(const std::vector<AccuracyLine>& lines) {
  std::string text =
      fmt::format("{:<8} {:<7} {:<12} {:>6} {:>7} {:>10} {:>7} {:>7} {:>9} {:>6}\n", "phase", "by", "group",
                  "rows", "devices", "unanswered", "within", "median", "interval", "bias");
  for (const AccuracyLine& line : lines)
    text +=
        fmt::format("{:<8} {:<7} {:<12} {:>6} {:>7} {:>10} {:>7} {:>7} {:>9} {:>6}\n", line.phase, line.by,
                    line.group, line.rows, line.devices, line.unanswered, percent(line.within_30),
                    percent(line.median_error), line.phase == "memory" ? "-" : percent(line.covered),
                    line.bias > 0 ? fmt::format("{:.2f}", line.bias) : "-");
  return text +
         "\nEach device counts once; what was not answered is a miss. within: predicted within 30% of "
         "measured, of "
         "memory not\nunder it by more than 5%. median: of the error. interval: measured rates inside the "
         "80% interval. "
         "bias: geometric\nmean of predicted over measured.\n";
}

std::string accuracy_json(const std::vector<AccuracyLine>& lines) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const AccuracyLine& line : lines) {
    const bool memory = line.phase == "memory";
    nlohmann::ordered_json object = {{"phase", line.phase},     {"by", line.by},
                                     {"group", line.group},     {"rows", line.rows},
                                     {"devices", line.devices}, {"unanswered", line.unanswered}};
    object[memory ? "not_under_5_percent" : "within_30_percent"] = line.within_30;
    object["median_error"] =
        std::isfinite(line.median_error) ? nlohmann::ordered_json(line.median_error) : nullptr;
    object["interval_coverage"] =
        memory ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(line.covered);
    object["bias"] = line.bias;
    out.push_back(std::move(object));
  }
  return nlohmann::ordered_json{{"accuracy", out}}.dump(2) + "\n";
}

}  // namespace weighin
