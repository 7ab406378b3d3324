#include "results/report/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "models/text/units.h"
#include "results/fit/verdict.h"
#include "results/report/rates.h"
#include "results/report/words.h"
#include "results/text/interval_json.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

ordered_json identity(const Verdict& v) {
  return {{"model", v.needs.model},
          {"format", v.needs.format},
          {"answer", answer_words(v)},
          {"fits", v.fits == true}};
}

ordered_json memory_chart(const ReportInput& input) {
  ordered_json models = ordered_json::array();
  for (const Verdict& v : input.best) {
    if (v.needs.params == 0) continue;
    ordered_json row = identity(v);
    row["weights"] = in_gib(v.needs.memory.weights_bytes);
    row["kv"] = in_gib(v.needs.memory.kv_bytes);
    row["other"] = in_gib(v.needs.memory.workspace_bytes + v.needs.memory.other_bytes());
    row["peak"] = in_gib(v.needs.memory.needed_bytes());
    models.push_back(std::move(row));
  }
  const bool known = input.capacity.memory_kind != LimitKind::unknown;
  return {{"limit_gib", known ? ordered_json(in_gib(input.capacity.memory_bytes)) : ordered_json()},
          {"kind", limit_name(input.capacity.memory_kind)},
          {"models", models}};
}

ordered_json speed_chart(const ReportInput& input) {
  ordered_json models = ordered_json::array();
  for (const Verdict& v : input.best) {
    if (!v.prediction.decode_tps || v.needs.task == Task::encode || v.prediction.decode_tps->low <= 0)
      continue;
    ordered_json row = identity(v);
    row.update(interval_json(v.prediction.decode_tps));
    models.push_back(std::move(row));
  }
  VerdictLines lines;
  if (input.question.min_tps) lines.runs_tps = lines.well_tps = *input.question.min_tps;
  return {{"runs", lines.runs_tps}, {"well", lines.well_tps}, {"models", models}};
}

/// What a kernel is used for, as the chart's legend names it.
std::string group_of(Op op) {
  switch (op) {
    case Op::gemv:
      return "decode (matrix x vector)";
    case Op::gemm:
      return "prefill (matrix x matrix)";
    case Op::attention:
    case Op::prefill_attention:
      return "attention";
    default:
      return "other";
  }
}

/// Peaks as the charts name them.
constexpr std::pair<Op, const char*> peak_names[] = {{Op::peak_fp32, "fp32"},
                                                     {Op::peak_bf16, "bf16"},
                                                     {Op::peak_fp16, "fp16"},
                                                     {Op::peak_matrix, "matrix units"},
                                                     {Op::peak_int8, "int8"}};

ordered_json roofline(const ReportInput& input, const Side& side, const std::string& on) {
  ordered_json peaks = ordered_json::array(), points = ordered_json::array();
  for (const auto& [op, name] : peak_names) {
    const double rate = best_rate(input.measurements, op, side);
    if (rate > 0) peaks.push_back({{"name", name}, {"ops_per_s", rate}});
  }
  for (const Measurement& m : input.measurements) {
    const Cost cost = cost_of(m.problem);
    const bool timed = side.holds(m) && m.status == Status::measured && m.seconds > 0;
    if (!timed || is_bound(m.problem.op) || cost.operations <= 0 || cost.bytes() <= 0) continue;
    points.push_back(
        {{"kernel", m.kernel},
         {"problem", describe(m.problem)},
         {"group", group_of(m.problem.op)},
         {"intensity", cost.operations / cost.bytes()},
         {"ops_per_s", cost.operations / m.seconds},
         {"fraction", m.roofline_fraction ? ordered_json(*m.roofline_fraction) : ordered_json()}});
  }
  return {{"on", on},
          {"gpu", !side.gpu.empty()},
          {"bytes_per_s", best_rate(input.measurements, Op::stream_read, side)},
          {"peaks", peaks},
          {"points", points}};
}

/// One roofline for each count of threads on the CPU, the most threads first, then one for each GPU.
ordered_json rooflines(const ReportInput& input) {
  std::set<uint32_t, std::greater<>> threads;
  for (const Measurement& m : input.measurements) {
    if (m.on_cpu() && !m.of_engine() && m.status == Status::measured && is_bound(m.problem.op))
      threads.insert(m.threads);
  }
  ordered_json charts = ordered_json::array();
  const auto add = [&](ordered_json chart) {
    if (!chart["points"].empty() || !chart["peaks"].empty()) charts.push_back(std::move(chart));
  };
  for (const uint32_t count : threads)
    add(roofline(input, {.threads = count}, fmt::format("{} thread{}", count, count == 1 ? "" : "s")));
  for (const GpuCapacity& gpu : input.capacity.gpus) add(roofline(input, {.gpu = gpu.id}, gpu.name));
  return charts;
}

}  // namespace

std::string charts_json(const ReportInput& input) {
  const ordered_json charts{
      {"memory", memory_chart(input)}, {"speed", speed_chart(input)}, {"rooflines", rooflines(input)}};
  // Labels from firmware may not be UTF-8. A script element must not contain "</script" or "<!--", so every
  // "<" is written as an escape.
  const std::string text = charts.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  std::string safe;
  for (const char c : text) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace weighin
