#include "harness/gpu/job.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "kernels/kernel/kernel.h"

namespace weighin {
namespace {

using nlohmann::json;
using Kind = GpuEvent::Kind;

constexpr std::array<std::pair<Kind, const char*>, 6> kinds{{{Kind::opened, "opened"},
                                                             {Kind::began, "began"},
                                                             {Kind::measured, "measured"},
                                                             {Kind::tuned, "tuned"},
                                                             {Kind::failed, "failed"},
                                                             {Kind::finished, "finished"}}};

json tuning_json(const GpuTuning& tuning) {
  return {{"kernel", tuning.kernel},
          {"parameters", tuning.parameters},
          {"seconds", tuning.seconds},
          {"driver_version", tuning.driver_version}};
}

GpuTuning tuning_from(const json& row) {
  GpuTuning tuning;
  tuning.kernel = row.at("kernel");
  tuning.parameters = row.at("parameters");
  tuning.seconds = row.at("seconds");
  tuning.driver_version = row.at("driver_version");
  return tuning;
}

/// JSON has no NaN and no infinity: such an error becomes null, and is read back as infinite.
json finite(double value) {
  return std::isfinite(value) ? json(value) : json();
}

json row_json(const Measurement& row) {
  json text{{"kernel", row.kernel},
            {"m", row.problem.m},
            {"seconds", row.seconds},
            {"spread", row.spread},
            {"samples", row.samples},
            {"error", finite(row.error)},
            {"status", static_cast<int>(row.status)},
            {"reason", row.reason}};
  if (row.roofline_fraction) text["roofline_fraction"] = *row.roofline_fraction;
  return text;
}

Measurement row_from(const json& text) {
  Measurement row;
  row.backend = backend_name(Backend::vulkan);
  row.kernel = text.at("kernel");
  row.problem.m = text.at("m");
  row.seconds = text.at("seconds");
  row.spread = text.at("spread");
  row.samples = text.at("samples").get<std::vector<double>>();
  row.error =
      text.at("error").is_null() ? std::numeric_limits<double>::infinity() : text.at("error").get<double>();
  row.status =
      static_cast<Status>(std::clamp(text.at("status").get<int>(), 0, static_cast<int>(Status::wrong)));
  row.reason = text.at("reason");
  if (text.contains("roofline_fraction")) row.roofline_fraction = text.at("roofline_fraction").get<double>();
  return row;
}

}  // namespace

std::vector<PlanItem> gpu_plan(const GpuJob& job) {
  return make_plan({.on = job.software ? MeasuredOn::software_gpu : MeasuredOn::gpu,
                    .working_set_bytes = job.working_set_bytes,
                    .extent = job.full ? Extent::full : Extent::normal});
}

std::string job_json(const GpuJob& job) {
  json tuned = json::array();
  for (const GpuTuning& tuning : job.tuned) tuned.push_back(tuning_json(tuning));
  return json{{"gpu", job.gpu},
              {"driver", job.driver},
              {"manifest", job.manifest},
              {"software", job.software},
              {"full", job.full},
              {"allocate", job.allocate},
              {"budget_s", job.budget_s},
              {"working_set_bytes", job.working_set_bytes},
              {"memory_budget_bytes", job.memory_budget_bytes},
              {"only", job.only},
              {"done", job.done},
              {"tuned", tuned}}
      .dump();
}

tl::expected<GpuJob, std::string> job_from_json(const std::string& text) {
  try {
    const json from = json::parse(text);
    GpuJob job;
    job.gpu = from.at("gpu");
    job.driver = from.at("driver");
    job.manifest = from.at("manifest");
    job.software = from.at("software");
    job.full = from.at("full");
    job.allocate = from.at("allocate");
    job.budget_s = from.at("budget_s");
    job.working_set_bytes = from.at("working_set_bytes");
    job.memory_budget_bytes = from.at("memory_budget_bytes");
    job.only = from.at("only");
    job.done = from.at("done").get<std::set<size_t>>();
    for (const json& tuning : from.at("tuned")) job.tuned.push_back(tuning_from(tuning));
    return job;
  } catch (const json::exception& error) {
    return tl::unexpected(std::string("no job for a GPU: ") + error.what());
  }
}

std::string event_json(const GpuEvent& event) {
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](auto& k) { return k.first == event.kind; });
  json text{{"event", kind->second}};
  if (event.item) text["item"] = *event.item;
  if (event.items) text["items"] = event.items;
  if (!event.text.empty()) text["text"] = event.text;
  if (event.kind == Kind::measured) text["row"] = row_json(event.row);
  if (event.kind == Kind::tuned) text["tuning"] = tuning_json(event.tuning);
  return text.dump(-1, ' ', false, json::error_handler_t::replace);
}

tl::expected<GpuEvent, std::string> event_from_json(const std::string& line) {
  try {
    const json from = json::parse(line);
    const std::string name = from.at("event");
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](auto& k) { return name == k.second; });
    if (kind == kinds.end()) return tl::unexpected("no event of a GPU: " + name);
    GpuEvent event;
    event.kind = kind->first;
    if (from.contains("item")) event.item = from["item"].get<size_t>();
    event.items = from.value("items", size_t{0});
    event.text = from.value("text", "");
    if (event.kind == Kind::measured) event.row = row_from(from.at("row"));
    if (event.kind == Kind::tuned) event.tuning = tuning_from(from.at("tuning"));
    return event;
  } catch (const json::exception& error) {
    return tl::unexpected(std::string("no event of a GPU: ") + error.what());
  }
}

}  // namespace weighin
