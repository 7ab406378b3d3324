// The models a command line names: the catalogue's, the user's own, and files read at once.
#pragma once

#include <deque>
#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/cli/command.h"
#include "models/shape/shape.h"

namespace weighin {

/// The folder of imported models, beside the default database; empty where there is no home folder.
std::filesystem::path kept_folder(const Host& host);

/// Whether a word of the command line is a file, a folder or a URL, and no name: it has a '/', ends as such
/// files do, or is there.
bool names_a_file(const std::string& word);

/// Models that live here, beside those of the catalogue.
class NamedModels {
 public:
  /// Reads what the user keeps; files that cannot be read are said on standard error.
  explicit NamedModels(const Host& host);

  /// The user's own.
  const std::deque<ModelShape>& kept() const { return kept_; }

  /// The model that `word` names, a file's read at once. Error: the nearest names, or why the file cannot be
  /// read.
  tl::expected<const ModelShape*, std::string> find(const std::string& word);

 private:
  std::deque<ModelShape> kept_, read_;  // their places do not move
};

}  // namespace weighin
