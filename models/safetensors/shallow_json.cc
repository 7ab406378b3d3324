#include "models/safetensors/shallow_json.h"

#include <set>

namespace weighin {

using nlohmann::json;

json parse_shallow(std::string_view text, int most_depth, std::string& twice) {
  std::set<std::string> keys;
  return json::parse(
      text,
      [&](int depth, json::parse_event_t event, json& value) {
        if (event == json::parse_event_t::key && depth == 1 && !keys.insert(value.get<std::string>()).second)
          twice = value.get<std::string>();
        return depth <= most_depth;
      },
      false);
}

}  // namespace weighin
