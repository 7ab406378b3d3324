#include "models/import/hub.h"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "models/source/open.h"

namespace weighin {
namespace {

using nlohmann::json;

constexpr uint64_t longest_answer_bytes = 16 << 20;

std::string endpoint() {
  const char* other = std::getenv("HF_ENDPOINT");
  std::string host = other && *other ? other : "https://huggingface.co";
  while (host.ends_with('/')) host.pop_back();
  return host;
}

}  // namespace

std::string HubRepository::file_url(const std::string& file) const {
  return fmt::format("{}/{}/resolve/main/{}", endpoint, name, file);
}

std::optional<HubRepository> hub_repository(const std::string& url) {
  const std::string host = endpoint();
  if (!url.starts_with(host + "/")) return std::nullopt;
  std::string name = url.substr(host.size() + 1);
  name.resize(std::min(name.find_first_of("?#"), name.size()));
  while (name.ends_with('/')) name.pop_back();
  if (name.ends_with("/tree/main")) name.resize(name.size() - std::string_view("/tree/main").size());
  const size_t slash = name.find('/');
  const bool two_words = slash != std::string::npos && slash > 0 && slash + 1 < name.size() &&
                         name.find('/', slash + 1) == std::string::npos;
  if (!two_words) return std::nullopt;
  return HubRepository{host, name};
}

std::string hub_file_url(const std::string& url) {
  const size_t blob = url.find("/blob/");
  if (blob == std::string::npos || !hub_repository(url.substr(0, blob))) return url;
  return url.substr(0, blob) + "/resolve/" + url.substr(blob + std::string_view("/blob/").size());
}

tl::expected<std::vector<std::string>, std::string> hub_files(const HubRepository& repository) {
  const std::string url = fmt::format("{}/api/models/{}", repository.endpoint, repository.name);
  const auto text = read_text(url, longest_answer_bytes);
  if (!text) return tl::unexpected(text.error());
  const json answer = json::parse(
      *text, [](int depth, json::parse_event_t, json&) { return depth < 5; }, false);
  const auto wrong = [&] { return tl::unexpected(fmt::format("{} gives no list of files", url)); };
  if (!answer.is_object() || !answer.contains("siblings") || !answer["siblings"].is_array()) return wrong();
  std::vector<std::string> names;
  for (const json& file : answer["siblings"])
    if (file.is_object() && file.contains("rfilename") && file["rfilename"].is_string())
      names.push_back(file["rfilename"].get<std::string>());
  return names;
}

}  // namespace weighin
