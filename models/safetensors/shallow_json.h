// JSON of a safetensors header or index.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace weighin {

/// Parses `text` and leaves out every value nested deeper than `most_depth`. Where the outermost object has a
/// key twice, `twice` is that key. The result is discarded() where `text` is no JSON.
nlohmann::json parse_shallow(std::string_view text, int most_depth, std::string& twice);

}  // namespace weighin
