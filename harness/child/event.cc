#include "harness/child/event.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/child/tuning_json.h"

namespace weighin {
namespace {

using nlohmann::json;
using Kind = ChildEvent::Kind;

constexpr std::array<std::pair<Kind, const char*>, 6> kinds{{{Kind::opened, "opened"},
                                                             {Kind::began, "began"},
                                                             {Kind::measured, "measured"},
                                                             {Kind::tuned, "tuned"},
                                                             {Kind::failed, "failed"},
                                                             {Kind::finished, "finished"}}};

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

std::string event_json(const ChildEvent& event) {
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](auto& k) { return k.first == event.kind; });
  json text{{"event", kind->second}};
  if (event.item) text["item"] = *event.item;
  if (event.items) text["items"] = event.items;
  if (!event.text.empty()) text["text"] = event.text;
  if (event.kind == Kind::measured) text["row"] = row_json(event.row);
  if (event.kind == Kind::tuned) text["tuning"] = tuning_json(event.tuning);
  return text.dump(-1, ' ', false, json::error_handler_t::replace);
}

tl::expected<ChildEvent, std::string> event_from_json(const std::string& line) {
  try {
    const json from = json::parse(line);
    const std::string name = from.at("event");
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](auto& k) { return name == k.second; });
    if (kind == kinds.end()) return tl::unexpected("no event of a child that measures: " + name);
    ChildEvent event;
    event.kind = kind->first;
    if (from.contains("item")) event.item = from["item"].get<size_t>();
    event.items = from.value("items", size_t{0});
    event.text = from.value("text", "");
    if (event.kind == Kind::measured) event.row = row_from(from.at("row"));
    if (event.kind == Kind::tuned) event.tuning = tuning_from(from.at("tuning"));
    return event;
  } catch (const json::exception& error) {
    return tl::unexpected(std::string("no event of a child that measures: ") + error.what());
  }
}

}  // namespace weighin
