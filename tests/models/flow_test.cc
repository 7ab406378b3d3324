// Includes follow docs/flow.md: no room includes one that stands after it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;

/// Each room, and the rooms that it may include beside itself. A folder that is no key belongs to the room
/// above it.
const std::map<std::string, std::set<std::string>> may_include{
    {"models/text", {}},
    {"models/format", {}},
    {"models/shape", {"models/format"}},
    {"models/bytes", {"models/format", "models/shape"}},
    {"models/llamacpp", {"models/format", "models/shape", "models/bytes"}},
    {"models/memory", {"models/format", "models/shape", "models/bytes", "models/llamacpp"}},
    {"models/config", {"models/shape"}},
    {"models/names", {"models/format", "models/shape", "models/config"}},
    {"models/source", {}},
    {"models/gguf", {"models/format", "models/shape", "models/bytes", "models/source"}},
    {"models/safetensors",
     {"models/format", "models/shape", "models/bytes", "models/config", "models/source"}},
    {"models/import",
     {"models/shape", "models/config", "models/names", "models/source", "models/gguf", "models/safetensors"}},
    {"models/shrink", {"models/format", "models/shape", "models/bytes", "models/names"}},
    {"models/synthetic", {"models/format", "models/shape", "models/bytes"}},
    {"probes", {"probes/host", "probes/machine", "probes/system", "probes/gpu"}},
    {"probes/host", {}},
    {"probes/machine", {}},
    {"probes/system", {"probes/host", "probes/machine"}},
    {"probes/gpu", {"probes/host", "probes/machine"}},
    {"probes/devices", {}},
    {"kernels/problem", {"models/"}},
    {"kernels/isa", {"probes/"}},
    {"kernels/system", {}},
    {"kernels/threads", {"kernels/system"}},
    {"kernels/formats", {"models/"}},
    {"kernels/operands", {"models/", "kernels/system", "kernels/threads", "kernels/formats"}},
    {"kernels/reference", {"models/", "kernels/problem", "kernels/formats", "kernels/operands"}},
    {"kernels/kernel",
     {"kernels/isa", "kernels/problem", "kernels/threads", "kernels/formats", "kernels/operands",
      "kernels/reference"}},
    {"kernels/cpu",
     {"models/", "probes/host", "kernels/isa", "kernels/threads", "kernels/formats", "kernels/operands",
      "kernels/reference", "kernels/kernel"}},
    {"kernels/vulkan/device", {"probes/gpu"}},
    {"kernels/vulkan",
     {"models/", "kernels/formats", "kernels/operands", "kernels/reference", "kernels/kernel",
      "kernels/vulkan/device"}},
    {"kernels/table", {"kernels/kernel", "kernels/cpu", "kernels/vulkan", "kernels/vulkan/device"}},
    {"kernels/forward",
     {"models/", "kernels/isa", "kernels/system", "kernels/threads", "kernels/formats", "kernels/operands",
      "kernels/cpu", "kernels/table"}},
    {"results/text", {}},
    {"results/records", {"models/", "probes/machine", "probes/gpu", "kernels/problem", "results/text"}},
    {"results/store", {"probes/machine", "kernels/problem", "results/text", "results/records"}},
    {"results/capacity",
     {"models/", "probes/machine", "probes/gpu", "probes/devices", "results/text", "results/records"}},
    {"results/measured",
     {"models/", "kernels/problem", "results/text", "results/records", "results/capacity"}},
    {"results/spec", {"models/", "probes/devices", "results/text"}},
    {"results/profile",
     {"models/", "probes/devices", "results/records", "results/store", "results/capacity",
      "results/measured"}},
    {"results/fit",
     {"models/", "probes/devices", "kernels/problem", "results/text", "results/records", "results/capacity",
      "results/measured", "results/spec", "results/profile"}},
    {"results/accuracy",
     {"models/", "probes/devices", "results/text", "results/records", "results/measured", "results/spec"}},
    {"results/shrink",
     {"models/", "results/text", "results/records", "results/capacity", "results/profile", "results/fit"}},
    {"results/coverage",
     {"models/", "probes/machine", "probes/devices", "results/text", "results/capacity", "results/spec",
      "results/profile", "results/fit", "results/accuracy"}},
    {"results/report",
     {"models/", "probes/machine", "kernels/problem", "results/text", "results/records", "results/capacity",
      "results/measured", "results/profile", "results/fit", "results/accuracy"}},
    {"harness/plan", {"models/", "probes/machine", "kernels/problem", "kernels/kernel", "results/records"}},
    {"harness/timing",
     {"kernels/kernel", "kernels/table", "kernels/threads", "kernels/system", "kernels/vulkan",
      "results/records", "harness/plan"}},
    {"harness/child", {"probes/host", "results/records"}},
    {"harness/decode",
     {"models/", "probes/machine", "kernels/isa", "kernels/table", "kernels/forward", "results/records",
      "results/measured", "harness/plan", "harness/timing"}},
    {"harness/gpu",
     {"probes/host", "kernels/kernel", "kernels/table", "kernels/vulkan", "results/records", "results/store",
      "harness/child", "harness/plan", "harness/timing"}},
    {"harness/engines/ggml",
     {"models/", "probes/host", "kernels/problem", "kernels/formats", "kernels/operands", "kernels/reference",
      "kernels/kernel", "kernels/threads", "results/records", "harness/plan", "harness/timing",
      "harness/child"}},
    {"harness/run",
     {"models/shape", "probes/", "kernels/operands", "kernels/table", "results/records", "results/store",
      "harness/plan", "harness/timing", "harness/gpu"}},
    {"harness/engines",
     {"models/", "probes/", "kernels/problem", "results/", "harness/plan", "harness/timing", "harness/run"}},
    {"harness/engines/onnx",
     {"models/", "probes/host", "kernels/problem", "results/records", "results/measured", "harness/timing",
      "harness/engines"}},
    {"harness/cli", {"models/", "probes", "probes/", "kernels/", "results/", "harness/"}},
    {"harness", {"harness/cli"}},
};

/// Rooms that every room may include.
const std::set<std::string> open_to_all{"models/text"};

/// The room that `folder` belongs to, empty where it is none of ours.
std::string room_of(std::string folder) {
  while (!folder.empty() && !may_include.contains(folder)) folder = fs::path(folder).parent_path().string();
  return folder;
}

/// By its own name, or as one within a folder that is named with a slash at its end ("results/").
bool allowed(const std::set<std::string>& rooms, const std::string& room) {
  return rooms.contains(room) || rooms.contains(room.substr(0, room.find('/') + 1));
}

using Arrows = std::map<std::string, std::set<std::string>>;  // from a room to those that it includes

/// Adds the rooms that can be reached from `room` to `reached`.
void reach(const Arrows& arrows, const std::string& room, std::set<std::string>& reached) {
  const auto from = arrows.find(room);
  if (from == arrows.end()) return;
  for (const std::string& next : from->second)
    if (reached.insert(next).second) reach(arrows, next, reached);
}

TEST(Flow, NoRoomIncludesAgainstItAndRoomsHaveNoCircles) {
  const std::regex include(R"re(^\s*#\s*include\s+"([^"]+)/[^"/]+")re");
  size_t seen = 0;
  Arrows arrows;
  for (const char* top : {"models", "probes", "kernels", "results", "harness"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(WEIGHIN_SOURCE_DIR) / top)) {
      const std::string ending = entry.path().extension().string();
      if (ending != ".cc" && ending != ".h" && ending != ".inl") continue;
      const std::string room =
          room_of(fs::relative(entry.path().parent_path(), WEIGHIN_SOURCE_DIR).generic_string());
      ASSERT_FALSE(room.empty()) << entry.path() << ": in no room";
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (!std::regex_search(line, match, include)) continue;
        const std::string included = room_of(match[1]);
        if (included.empty()) continue;
        ++seen;
        if (included != room) arrows[room].insert(included);
        EXPECT_TRUE(included == room || open_to_all.contains(included) ||
                    allowed(may_include.at(room), included))
            << entry.path() << ": " << line;
      }
    }
  }
  EXPECT_GT(seen, 100u);  // the tree was really read
  for (const auto& [room, included] : arrows) {
    std::set<std::string> reached;
    reach(arrows, room, reached);
    EXPECT_FALSE(reached.contains(room)) << room << " includes rooms that include it";
  }
}

}  // namespace
