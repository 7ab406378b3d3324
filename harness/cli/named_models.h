// The models that a command line names: those of the catalogue, the user's own, and files that are read on
// the spot.
#pragma once

#include <deque>
#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/cli/invocation.h"
#include "models/shape/shape.h"

namespace weighin {

/// The folder that keeps imported models, beside the default database. It is empty where there is no home
/// folder.
std::filesystem::path kept_folder(const Host& host);

/// Whether a word of the command line means a file, a folder or a URL and not a model's name: it has a '/',
/// it ends in .gguf, .safetensors or .json, or a file of that name exists.
bool names_a_file(const std::string& word);

/// Finds models by name, and owns those that the catalogue does not.
class NamedModels {
 public:
  /// Reads the models that the user imported. Those that cannot be read are reported on standard error and
  /// left out.
  explicit NamedModels(const Host& host);

  /// The models that the user imported.
  const std::deque<ModelShape>& kept() const { return kept_; }

  /// The model that `word` names; where it names a file, the file is read. Error: no model has that name,
  /// with the nearest names, or why the file cannot be read.
  tl::expected<const ModelShape*, std::string> find(const std::string& word);

 private:
  std::deque<ModelShape> kept_, read_;  // deques, so that pointers to the models stay valid
};

}  // namespace weighin
