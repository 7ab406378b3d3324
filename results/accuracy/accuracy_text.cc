#include "results/accuracy/accuracy_text.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace weighin {
namespace {

using nlohmann::ordered_json;

std::string percent(double share) {
  return std::isfinite(share) ? fmt::format("{:.0f}%", 100 * share) : "-";
}

std::string table_text(std::span<const AccuracyLine> lines, std::string_view unit) {
  std::string text =
      fmt::format("{:<8} {:<7} {:<12} {:>6} {:>7} {:>10} {:>7} {:>7} {:>9} {:>6}\n", "phase", "by", "group",
                  "rows", fmt::format("{}s", unit), "unanswered", "within", "median", "interval", "bias");
  for (const AccuracyLine& line : lines)
    text += fmt::format("{:<8} {:<7} {:<12} {:>6} {:>7} {:>10} {:>7} {:>7} {:>9} {:>6}\n",
                        quantity_name(line.quantity), line.by, line.group, line.rows, line.units,
                        line.unanswered, percent(line.within_30), percent(line.median_error),
                        line.quantity == Quantity::memory ? "-" : percent(line.covered),
                        line.bias > 0 ? fmt::format("{:.2f}", line.bias) : "-");
  return text;
}

std::string legend(std::string_view unit) {
  return fmt::format(
      "\nEach {} counts once; what was not answered is a miss. within: predicted within 30% of measured, of "
      "memory not\nunder it by more than 5%. median: of the error. interval: measured rates inside the 80% "
      "interval. bias: geometric\nmean of predicted over measured.\n",
      unit);
}

ordered_json json_of(std::span<const AccuracyLine> lines, const char* units) {
  ordered_json out = ordered_json::array();
  for (const AccuracyLine& line : lines) {
    const bool memory = line.quantity == Quantity::memory;
    ordered_json object = {{"phase", quantity_name(line.quantity)},
                           {"by", line.by},
                           {"group", line.group},
                           {"rows", line.rows},
                           {units, line.units},
                           {"unanswered", line.unanswered}};
    object[memory ? "not_under_5_percent" : "within_30_percent"] = line.within_30;
    object["median_error"] = std::isfinite(line.median_error) ? ordered_json(line.median_error) : nullptr;
    object["interval_coverage"] = memory ? ordered_json(nullptr) : ordered_json(line.covered);
    object["bias"] = line.bias;
    out.push_back(std::move(object));
  }
  return out;
}

std::string doubtful_text(const AccuracyReport& report) {
  if (report.doubtful == 0) return "";
  std::string text = fmt::format(
      "With the {} doubtful rows (results/accuracy/published/README.md), left out above:", report.doubtful);
  for (const AccuracyLine& line : report.with_doubtful)
    text += fmt::format("{} {} {} within, {} median", &line == report.with_doubtful.data() ? "" : ";",
                        quantity_name(line.quantity), percent(line.within_30), percent(line.median_error));
  return text + ".\n";
}

std::string rows_title(const std::string& split) {
  if (split == "test")
    return "Published rows of chips that no constant was fitted to: predicted from specs alone";
  if (split == "fit") return "Published rows of chips that may be fitted to: predicted from specs alone";
  return "Published rows of all chips: predicted from specs alone";
}

}  // namespace

std::string accuracy_text(std::span<const AccuracyLine> lines, std::string_view unit) {
  return table_text(lines, unit) + legend(unit);
}

std::string accuracy_json(std::span<const AccuracyLine> lines) {
  return ordered_json{{"accuracy", json_of(lines, "devices")}}.dump(2) + "\n";
}

std::string accuracy_report_text(const AccuracyReport& report) {
  const std::string verified =
      report.verified.empty() ? "Engines on this machine: none was run yet; `weighin verify MODEL` runs one "
                                "beside its prediction.\n"
                              : "Engines run on this machine, against what was predicted before each run\n" +
                                    table_text(report.verified, "case");
  const bool cases = !report.verified.empty();
  return fmt::format(
      "{}\n{}\n{}{}{}", verified, rows_title(report.split), table_text(report.published, "device"),
      legend(cases ? "case (a model in a format), or device," : "device"), doubtful_text(report));
}

std::string accuracy_report_json(const AccuracyReport& report) {
  const ordered_json out{{"schema_version", 1},
                         {"verified", json_of(report.verified, "cases")},
                         {"published",
                          {{"split", report.split},
                           {"doubtful_rows_left_out", report.doubtful},
                           {"accuracy", json_of(report.published, "devices")},
                           {"with_doubtful_rows", json_of(report.with_doubtful, "devices")}}}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace weighin
