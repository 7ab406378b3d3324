#include "results/coverage/coverage_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "models/text/units.h"
#include "results/accuracy/sentence.h"
#include "results/fit/judgement.h"
#include "results/text/csv_field.h"
#include "results/text/interval_json.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

constexpr size_t most_unknown = 5;  // names of unknown devices that are listed

/// Below it a device does not run the model.
double least_tps(const Question& question) {
  return question.min_tps.value_or(VerdictLines{}.runs_tps);
}

std::string percent(double share) {
  return fmt::format("{:.0f}%", 100 * share);
}

std::string minutes(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", seconds);
  return seconds < 5400 ? fmt::format("{:.0f} min", seconds / 60) : fmt::format("{:.1f} h", seconds / 3600);
}

std::string line_of(std::string_view name, const CoverageShare& share, double all) {
  return fmt::format("  {:<6} {:>5} of them  {:>4} ({} to {})  too slow {:>4}, too little memory {:>4}{}\n",
                     name, percent(share.weight / all), percent(share.mid), percent(share.low),
                     percent(share.high), percent(share.slow), percent(share.does_not_fit),
                     share.too_large_to_download > 0
                         ? fmt::format(", too large to download {}", percent(share.too_large_to_download))
                         : "");
}

std::string downloads(const Coverage& coverage, std::optional<double> link_bits_s) {
  const double least = coverage.least_download_bytes, most = coverage.most_download_bytes;
  if (most <= 0) return "";
  std::string text = least == most
                         ? fmt::format("download: {:.2f} GB", in_gb(most))
                         : fmt::format("download: {:.2f} to {:.2f} GB, by format", in_gb(least), in_gb(most));
  if (link_bits_s) {
    const std::string shortest = minutes(8 * least / *link_bits_s),
                      longest = minutes(8 * most / *link_bits_s);
    text += fmt::format("; {} at {:g} Mbit/s", shortest == longest ? longest : shortest + " to " + longest,
                        *link_bits_s / 1e6);
  }
  return text + "\n";
}

/// The formats in which the devices run the model, by their share of the users.
std::string formats(const Coverage& coverage) {
  std::vector<std::pair<std::string_view, double>> shares;
  for (const CoverageRow& row : coverage.rows) {
    if (row.device.empty() || row.outcome != DeviceOutcome::runs) continue;
    const std::string_view name = row.verdict.needs.format;
    auto found = std::find_if(shares.begin(), shares.end(), [&](const auto& s) { return s.first == name; });
    if (found == shares.end()) found = shares.insert(shares.end(), {name, 0});
    found->second += row.weight / coverage.all.weight;
  }
  std::sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, share] : shares)
    text += fmt::format("{}{} {}", text.empty() ? "formats: " : ", ", name, percent(share));
  return text.empty() ? "" : text + "\n";
}

std::string unknown_devices(const Coverage& coverage) {
  std::vector<const CoverageRow*> unknown;
  for (const CoverageRow& row : coverage.rows)
    if (row.device.empty()) unknown.push_back(&row);
  std::stable_sort(unknown.begin(), unknown.end(),
                   [](const CoverageRow* a, const CoverageRow* b) { return a->weight > b->weight; });
  std::string text;
  for (size_t i = 0; i < std::min(unknown.size(), most_unknown); ++i)
    text += fmt::format("{}\"{}\"", i ? ", " : "", unknown[i]->name);
  if (unknown.size() > most_unknown) text += fmt::format(" and {} more", unknown.size() - most_unknown);
  return text;
}

ordered_json share_json(const CoverageShare& share, double all) {
  return {{"of_known", share.weight / all},
          {"runs", {{"low", share.low}, {"mid", share.mid}, {"high", share.high}}},
          {"slow", share.slow},
          {"does_not_fit", share.does_not_fit},
          {"too_large_to_download", share.too_large_to_download}};
}

}  // namespace

std::string coverage_text(const Coverage& coverage, std::optional<double> link_bits_s) {
  const Question& question = coverage.asked.question;
  std::string text = fmt::format(
      "{} at {:g} tokens/s or more, the first token within {:g} s, context {}, run as {}: runs for {} "
      "({} to {}) of those whose device is known\npopulation: {}; {} have a device that the catalogue "
      "knows\n\n",
      coverage.model, least_tps(question), VerdictLines{}.runs_ttft_s, coverage.context,
      runs_as_name(coverage.asked.runs_as), percent(coverage.all.mid), percent(coverage.all.low),
      percent(coverage.all.high), coverage.population, percent(coverage.known));
  for (const auto& [tier, share] : coverage.tiers)
    text += line_of(device_tier_name(tier), share, coverage.all.weight);
  text += line_of("all", coverage.all, coverage.all.weight) + "\n";
  text += formats(coverage) + downloads(coverage, link_bits_s);
  if (coverage.known < 1) text += fmt::format("not known: {}\n", unknown_devices(coverage));
  text +=
      "from published specs where not measured; in brackets with every device at the slow, or the fast end "
      "of its "
      "80% interval\n";
  return text + "accuracy: " + published_accuracy_sentence() + "\n";
}

std::string coverage_json(const Coverage& coverage, std::optional<double> link_bits_s) {
  ordered_json out{
      {"schema_version", 1},
      {"model", coverage.model},
      {"population", coverage.population},
      {"accuracy", published_accuracy_sentence()},
      {"min_tps", least_tps(coverage.asked.question)},
      {"context", coverage.context},
      {"runs_as", runs_as_name(coverage.asked.runs_as)},
      {"known", coverage.known},
      {"all", share_json(coverage.all, coverage.all.weight)},
      {"tiers", ordered_json::object()},
      {"download_bytes", {{"least", coverage.least_download_bytes}, {"most", coverage.most_download_bytes}}},
      {"devices", ordered_json::array()}};
  for (const auto& [tier, share] : coverage.tiers)
    out["tiers"][std::string(device_tier_name(tier))] = share_json(share, coverage.all.weight);
  if (link_bits_s)
    out["download_s"] = {{"least", 8 * coverage.least_download_bytes / *link_bits_s},
                         {"most", 8 * coverage.most_download_bytes / *link_bits_s}};
  for (const CoverageRow& row : coverage.rows) {
    ordered_json device{{"name", row.name}, {"weight", row.weight}};
    if (row.device.empty()) {
      device["why_unknown"] = row.why;
    } else {
      device["device"] = row.device;
      device["basis"] = row.measured ? "measured" : "spec";
      device["tier"] = device_tier_name(row.tier);
      device["outcome"] = outcome_name(row.outcome);
      device["format"] = row.verdict.needs.format;
      device["decode_tps"] = interval_json(row.verdict.prediction.decode_tps);
      device["held_gib"] = in_gib(row.verdict.needs.memory.needed_bytes());
      device["budget_gib"] = in_gib(row.budget_bytes);
    }
    out["devices"].push_back(std::move(device));
  }
  return out.dump(2) + "\n";
}

std::string coverage_csv(const Coverage& coverage) {
  std::string csv =
      "name,weight,device,basis,tier,outcome,format,tg_low,tg_tps,tg_high,held_gib,budget_gib,download_bytes,"
      "why\n";
  for (const CoverageRow& row : coverage.rows) {
    if (row.device.empty()) {
      fmt::format_to(std::back_inserter(csv), "{},{:g},,,,,,,,,,,,{}\n", csv_field(row.name), row.weight,
                     csv_field(row.why));
      continue;
    }
    const auto& tps = row.verdict.prediction.decode_tps;
    fmt::format_to(std::back_inserter(csv), "{},{:g},{},{},{},{},{},{},{:.3g},{:.3g},{},\n",
                   csv_field(row.name), row.weight, csv_field(row.device), row.measured ? "measured" : "spec",
                   device_tier_name(row.tier), outcome_name(row.outcome), row.verdict.needs.format,
                   tps ? fmt::format("{:.3g},{:.3g},{:.3g}", tps->low, tps->mid, tps->high) : ",,",
                   in_gib(row.verdict.needs.memory.needed_bytes()), in_gib(row.budget_bytes),
                   row.verdict.needs.download_bytes);
  }
  return csv;
}

}  // namespace weighin
