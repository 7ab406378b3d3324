#include "harness/gpu/job.h"

#include <nlohmann/json.hpp>

#include "harness/child/tuning_json.h"

namespace weighin {

using nlohmann::json;

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

}  // namespace weighin
