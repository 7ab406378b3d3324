// weighin models list: the models that are known, or those of some kind.
#pragma once

#include <string>

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// What a model must be like to be listed; empty and 0: whatever.
struct ModelFilter {
  std::string license, size_class, task, architecture;
  double max_download_bytes = 0;  // of the smallest GGUF file of at least 4 bits a weight
  double max_params = 0;
  bool gated = false, ungated = false;
};

/// Adds the command to `models`.
Command add_models_list(Command models, Invocation& invocation);

/// Prints the models that pass `filter`, first the catalogue's and then the user's own, as --json says.
void list_models(const Invocation& invocation, const ModelFilter& filter);

}  // namespace weighin
