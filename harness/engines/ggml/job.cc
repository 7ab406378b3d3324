#include "harness/engines/ggml/job.h"

#include <nlohmann/json.hpp>

namespace weighin {

using nlohmann::json;

std::string opened_text(const OpenedEngine& opened) {
  return opened.engine + "|" + opened.device + "|" + opened.description;
}

OpenedEngine opened_from(const std::string& text) {
  const size_t first = text.find('|'),
               second = first == std::string::npos ? first : text.find('|', first + 1);
  OpenedEngine opened{.engine = text.substr(0, first), .device = "", .description = ""};
  if (second == std::string::npos) return opened;
  opened.device = text.substr(first + 1, second - first - 1);
  opened.description = text.substr(second + 1);
  return opened;
}

std::string job_json(const EngineJob& job) {
  return json{{"libraries", job.libraries}, {"device", job.device},
              {"software", job.software},   {"threads", job.threads},
              {"budget_s", job.budget_s},   {"working_set_bytes", job.working_set_bytes},
              {"only", job.only},           {"done", job.done}}
      .dump();
}

tl::expected<EngineJob, std::string> engine_job_from_json(const std::string& text) {
  try {
    const json from = json::parse(text);
    EngineJob job;
    job.libraries = from.at("libraries");
    job.device = from.at("device");
    job.software = from.at("software");
    job.threads = from.at("threads");
    job.budget_s = from.at("budget_s");
    job.working_set_bytes = from.at("working_set_bytes");
    job.only = from.at("only");
    job.done = from.at("done").get<std::set<size_t>>();
    return job;
  } catch (const json::exception& error) {
    return tl::unexpected(std::string("no job for an engine: ") + error.what());
  }
}

}  // namespace weighin
