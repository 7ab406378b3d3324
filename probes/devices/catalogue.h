// The devices that weighin knows from published specifications: probes/devices/catalog/*.json, built into the
// program.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "probes/devices/spec.h"

namespace weighin {

/// Reads the devices of one catalogue file's text, in its order. A product has only the name of its chip at
/// first; join_chips fills in the rest. Error: the file, the device, the field and what it should be.
tl::expected<std::vector<DeviceSpec>, std::string> parse_devices(std::string_view file_name,
                                                                 std::string_view json_text);

/// Copies the bandwidth and the parts of its chip to each product. Error: a product whose chip is not among
/// `devices`.
tl::expected<void, std::string> join_chips(std::vector<DeviceSpec>& devices);

/// Every device of the catalogue, by kind and name.
const std::vector<DeviceSpec>& all_devices();

}  // namespace weighin
