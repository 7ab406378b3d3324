// Repositories of Hugging Face's hub.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace weighin {

/// A repository, named by its page "https://huggingface.co/OWNER/NAME" or ".../tree/main". The environment
/// variable HF_ENDPOINT can name another host, as for Hugging Face's own programs.
struct HubRepository {
  std::string endpoint;  // "https://huggingface.co"
  std::string name;      // "OWNER/NAME"

  std::string file_url(const std::string& file) const;
};

/// The repository whose page `url` is, or nothing where it is no page of a repository.
std::optional<HubRepository> hub_repository(const std::string& url);

/// The URL of the file whose page `url` is (".../blob/main/FILE"). Any other URL is returned unchanged.
std::string hub_file_url(const std::string& url);

/// The names of the repository's files. Error: as open_source, or an answer that is no list of files.
tl::expected<std::vector<std::string>, std::string> hub_files(const HubRepository& repository);

}  // namespace weighin
