#include "results/fit/verdict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "results/text/csv_field.h"
#include "results/text/interval_json.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

constexpr int schema_version = 1;

ordered_json number(std::optional<double> value) {
  return value ? ordered_json(rounded(*value)) : nullptr;
}

/// The ends of an interval whose middle stands beside it as a plain number.
ordered_json ends(const std::optional<Interval>& value) {
  if (!value) return nullptr;
  return {{"low", rounded(value->low)}, {"high", rounded(value->high)}};
}

std::optional<double> middle(const std::optional<Interval>& value) {
  return value ? std::optional(value->mid) : std::nullopt;
}

/// Bytes as integers; tokens/s and seconds rounded; null where nothing is known to be needed.
ordered_json amount(const Limit& limit, double value) {
  if (limit.needed <= 0) return nullptr;
  if (limit.kind == LimitKind::speed) return rounded(value);
  if (limit.kind == LimitKind::unknown && value <= 0) return nullptr;
  return static_cast<uint64_t>(value);
}

/// Where the layers lie, and how many bytes where.
void add_placement(ordered_json& out, const Verdict& v) {
  const std::string name = placement_name(v.placement);
  out["placement"] = name.empty() ? ordered_json(nullptr) : ordered_json(name);
  const bool known = v.placement.layout.has_value();
  const auto if_known = [&](auto value) { return known ? ordered_json(value) : ordered_json(nullptr); };
  const Placement layout = v.placement.layout.value_or(Placement{});
  out["gpu_layers"] = if_known(layout.on_cpu() ? 0 : layout.gpu_layers());
  out["cpu_bytes"] = if_known(layout.cpu_bytes);
  out["gpu_bytes"] = if_known(layout.gpu_bytes());
  out["other_placements"] = ordered_json::array();
  for (const OtherPlacement& other : v.placement.others)
    out["other_placements"].push_back(
        {{"placement", other.placement},
         {"fits", other.fits ? ordered_json(*other.fits) : ordered_json(nullptr)},
         {"decode_tps", interval_json(other.decode_tps)},
         {"encode_ms", number(middle(other.encode_ms))},
         {"ttft_s", number(middle(other.ttft_s))},
         {"text", other.text}});
}

ordered_json json_of(const Verdict& v) {
  const bool known = v.needs.params > 0;
  const auto if_known = [&](auto value) { return known ? ordered_json(value) : ordered_json(nullptr); };
  ordered_json out;
  out["model"] = v.needs.model;
  out["size_class"] = if_known(v.needs.size_class);
  out["params"] = if_known(v.needs.params);
  out["active_params"] = if_known(v.needs.active_params);
  out["format"] = if_known(v.needs.format);
  out["task"] = v.needs.task == Task::chat ? "chat" : "encode";
  out["fits"] = v.fits ? ordered_json(*v.fits) : ordered_json(nullptr);
  out["verdict"] = answer_name(v.judgement.answer);
  out["borderline"] = v.judgement.borderline;
  out["limit"] = {{"kind", limit_name(v.limit.kind)},
                  {"needed", amount(v.limit, v.limit.needed)},
                  {"usable", amount(v.limit, v.limit.usable)},
                  {"text", v.limit.text}};
  out["bytes"] = {{"weights", if_known(v.needs.memory.weights_bytes)},
                  {"kv", if_known(v.needs.memory.kv_bytes)},
                  {"workspace", if_known(v.needs.memory.workspace_bytes)},
                  {"runtime", if_known(v.needs.memory.other_bytes())},
                  {"needed", if_known(v.needs.memory.needed_bytes())},
                  {"peak", if_known(v.needs.memory.needed_bytes())}};
  out["runtime_bytes"] = {{"logits", if_known(v.needs.memory.logits_bytes)},
                          {"tokenizer", if_known(v.needs.memory.tokenizer_bytes)},
                          {"program", if_known(v.needs.memory.runtime_bytes)}};
  out["largest_buffer_bytes"] = if_known(v.needs.memory.largest_buffer_bytes);
  out["download_bytes"] = if_known(v.needs.download_bytes);
  out["decode_tps"] = interval_json(v.prediction.decode_tps);
  out["prefill_tps"] = interval_json(v.prediction.prefill_tps);
  out["encode_ms"] = number(middle(v.prediction.encode_ms));
  out["encode_ms_range"] = ends(v.prediction.encode_ms);
  out["ttft_s"] = number(middle(v.prediction.ttft_s));
  out["ttft_s_range"] = ends(v.prediction.ttft_s);
  out["load_s"] = number(v.prediction.load_s);
  out["context"] = if_known(v.needs.context);
  out["prompt"] = if_known(v.needs.prompt);
  out["max_context"] = if_known(v.max_context);
  out["basis"] = v.prediction.basis;
  out["engine"] = v.prediction.engine;
  out["efficiency"] = efficiency_basis_name(v.prediction.efficiency);
  out["efficiency_source"] = v.prediction.efficiency_source;
  add_placement(out, v);
  out["warnings"] = v.warnings;
  // Of speech models alone, so that what other programs read of others stays as it is.
  if (v.prediction.audio_s_per_s) out["audio_s_per_s"] = interval_json(v.prediction.audio_s_per_s);
  return out;
}

ordered_json gpus_json(const Capacity& capacity) {
  ordered_json gpus = ordered_json::array();
  for (const GpuCapacity& gpu : capacity.gpus) {
    const auto if_known = [](uint64_t value) { return value ? ordered_json(value) : ordered_json(nullptr); };
    gpus.push_back({{"id", gpu.id},
                    {"name", gpu.name},
                    {"driver", gpu.driver},
                    {"driver_version", gpu.driver_version},
                    {"unified", gpu.unified},
                    {"memory_total_bytes", if_known(gpu.memory_total_bytes)},
                    {"memory_usable_bytes", if_known(gpu.memory_bytes)},
                    {"usable", gpu.rule},
                    {"maxStorageBufferRange", if_known(gpu.max_storage_buffer_range)},
                    {"maxMemoryAllocationSize", if_known(gpu.max_allocation_bytes)},
                    {"maxMemoryAllocationCount", if_known(gpu.max_allocations)},
                    {"webgpu",
                     {{"default_buffer_bytes", gpu.webgpu.default_buffer_bytes},
                      {"default_binding_bytes", gpu.webgpu.default_binding_bytes},
                      {"raised_buffer_bytes", gpu.webgpu.raised_buffer_bytes},
                      {"raised_binding_bytes", gpu.webgpu.raised_binding_bytes}}}});
  }
  return gpus;
}

ordered_json comparison_json(std::span<const CpuOrGpu> compared) {
  ordered_json out = ordered_json::array();
  for (const CpuOrGpu& c : compared)
    out.push_back(
        {{"gpu", c.gpu}, {"format", c.format}, {"cpu_faster", c.cpu_faster}, {"gpu_faster", c.gpu_faster}});
  return out;
}

/// One CSV cell of a JSON value: null is empty.
std::string cell(const ordered_json& value) {
  if (value.is_null()) return "";
  return csv_field(value.is_string() ? value.get<std::string>() : value.dump());
}

/// `value`'s cells under `name`, with objects opened into name_key columns and lists joined.
void flatten(const std::string& name, const ordered_json& value,
             std::vector<std::pair<std::string, std::string>>& row) {
  if (value.is_array()) {
    std::string joined;
    for (const auto& item : value)
      joined += (joined.empty() ? "" : "; ") +
                (item.is_object() ? item["placement"] : item).template get<std::string>();
    row.emplace_back(name, csv_field(joined));
  } else if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) flatten(fmt::format("{}_{}", name, key), inner, row);
  } else {
    row.emplace_back(name, cell(value));
  }
}

/// Intervals are as many columns whether they are known or not.
ordered_json with_interval_columns(ordered_json verdict) {
  for (const char* name : {"decode_tps", "prefill_tps", "audio_s_per_s"})
    if (!verdict.contains(name) || verdict[name].is_null())
      verdict[name] = {{"low", nullptr}, {"mid", nullptr}, {"high", nullptr}};
  for (const char* name : {"encode_ms_range", "ttft_s_range"})
    if (verdict[name].is_null()) verdict[name] = {{"low", nullptr}, {"high", nullptr}};
  return verdict;
}

}  // namespace

std::string verdicts_json(std::span<const Verdict> verdicts, const Capacity& capacity,
                          const Question& question, const std::string& accuracy,
                          std::span<const CpuOrGpu> compared) {
  uint32_t context = question.context;
  if (context == 0)
    for (const Verdict& verdict : verdicts) context = std::max(context, verdict.needs.context);
  ordered_json out;
  out["schema_version"] = schema_version;
  out["device"] = capacity.device;
  out["engine"] = question.engine;
  out["context"] = context ? ordered_json(context) : ordered_json(nullptr);
  out["prompt"] = question.prompt;
  out["kv"] = format_of(question.cache).name;
  out["accuracy"] = accuracy;
  out["gpus"] = gpus_json(capacity);
  out["cpu_or_gpu"] = comparison_json(compared);
  out["verdicts"] = ordered_json::array();
  for (const Verdict& verdict : verdicts) out["verdicts"].push_back(json_of(verdict));
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string verdicts_csv(std::span<const Verdict> verdicts) {
  std::string text;
  const auto line = [&](const auto& row, auto part) {
    for (size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + part(row[i]);
    text += "\r\n";
  };
  using Cells = std::vector<std::pair<std::string, std::string>>;
  const auto row_of = [](const Verdict& verdict) {
    Cells row;
    const ordered_json json = with_interval_columns(json_of(verdict));
    for (const auto& [key, value] : json.items()) flatten(key, value, row);
    return row;
  };
  line(row_of(Verdict{}), [](const auto& column) { return column.first; });
  for (const Verdict& verdict : verdicts)
    line(row_of(verdict), [](const auto& column) { return column.second; });
  return text;
}

}  // namespace weighin
