#include "results/shrink/shrink_json.h"

#include <nlohmann/json.hpp>

#include "results/text/interval_json.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

constexpr int schema_version = 1;

ordered_json json_of(const QualityCost& cost) {
  if (!cost.figure) return {{"technique", cost.technique}, {"figure", "unknown"}};
  const Quality& q = *cost.figure;
  return {{"technique", cost.technique},
          {"figure", rounded(loss_percent(q))},
          {"metric", std::string(q.metric)},
          {"before", q.before},
          {"after", q.after},
          {"measured_on", std::string(q.model)},
          {"checked", std::string(checked_name(q.checked))},
          {"source", std::string(q.source)}};
}

ordered_json json_of(const ShrinkOption& option) {
  ordered_json out;
  out["technique"] = option.technique;
  out["what"] = option.what;
  out["model"] = option.verdict.needs.model;
  out["format"] = option.verdict.needs.format;
  out["params"] = option.verdict.needs.params;
  out["download_bytes"] = option.verdict.needs.download_bytes;
  out["memory_bytes"] = option.verdict.needs.memory.needed_bytes();
  out["download_saved_bytes"] = option.download_saved_bytes;
  out["memory_saved_bytes"] = option.memory_saved_bytes;
  out["fits"] = option.verdict.fits ? ordered_json(*option.verdict.fits) : ordered_json(nullptr);
  out["fits_text"] = why_not(option);
  out["placement"] = placement_name(option.verdict.placement);
  out["speed"] = {{"gain", rounded(option.speed_gain)},
                  {"basis", option.speed_basis},
                  {"decode_tps", interval_json(option.verdict.prediction.decode_tps)},
                  {"encode_ms", interval_json(option.verdict.prediction.encode_ms)}};
  out["loss_percent"] =
      option.loss_percent ? ordered_json(rounded(*option.loss_percent)) : ordered_json("unknown");
  out["quality"] = ordered_json::array();
  for (const QualityCost& cost : option.quality) out["quality"].push_back(json_of(cost));
  out["takes"] = option.takes;
  out["note"] = option.note;
  return out;
}

ordered_json json_of(const LoraCost& cost, const char* target) {
  return {{"target", target},
          {"rank", cost.rank},
          {"adapter_params", cost.adapter_params},
          {"adapter_bytes", cost.adapter_bytes},
          {"extra_work_unmerged", rounded(cost.extra_work)},
          {"extra_work_merged", 0},
          {"lora_training_bytes", cost.lora_training_bytes},
          {"qlora_training_bytes", cost.qlora_training_bytes}};
}

}  // namespace

std::string shrink_json(const ShrinkAnswer& answer, const Capacity& capacity) {
  ordered_json out;
  out["schema_version"] = schema_version;
  out["model"] = answer.model;
  out["device"] = capacity.device;
  out["context"] = answer.context;
  out["memory"] = {{"usable_bytes", capacity.memory_bytes}, {"kind", limit_name(capacity.memory_kind)}};
  out["any_fits"] = answer.any_fits;
  out["as_it_is"] = json_of(answer.as_it_is);
  out["options"] = ordered_json::array();
  for (const ShrinkOption& option : answer.options) out["options"].push_back(json_of(option));
  out["nearest"] =
      answer.any_fits || answer.options.empty() ? ordered_json(nullptr) : json_of(answer.options.front());
  out["lora"] = {
      {"makes_it_fit", false},
      {"for", "training: it adds to what a running model holds"},
      {"full_training_bytes", answer.lora.full_training_bytes},
      {"adapters",
       {json_of(answer.lora, "queries and values"), json_of(answer.lora_all, "every product in layers")}}};
  return out.dump(2) + "\n";
}

}  // namespace weighin
