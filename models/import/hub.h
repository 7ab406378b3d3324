// Repositories of Hugging Face's hub by URL.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace weighin {

/// A repository named by its page, "https://huggingface.co/OWNER/NAME" (or ".../tree/main"). The hub's host
/// is another where the environment variable HF_ENDPOINT says so, as for Hugging Face's own programs.
struct HubRepository {
  std::string endpoint;  // "https://huggingface.co"
  std::string name;      // "OWNER/NAME"

  std::string file_url(const std::string& file) const;
};

/// The repository that `url` names, if it names one and not a file in it.
std::optional<HubRepository> hub_repository(const std::string& url);

/// A URL of a file's page (".../blob/main/FILE") as that of the file; any other as it is.
std::string hub_file_url(const std::string& url);

/// The names of its files. Error: as open_source, or an answer that is no list of files.
tl::expected<std::vector<std::string>, std::string> hub_files(const HubRepository& repository);

}  // namespace weighin
