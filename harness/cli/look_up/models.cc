#include "harness/cli/look_up/models.h"

#include "harness/cli/look_up/models_import.h"
#include "harness/cli/look_up/models_list.h"
#include "harness/cli/look_up/models_resolve.h"
#include "harness/cli/look_up/models_show.h"
#include "harness/cli/shared_options.h"

namespace weighin {

Command add_models(Command program, Invocation& invocation) {
  const Command models =
      program.subcommand("models", "The models that weighin knows, with their exact shapes");
  add_json(models, invocation);
  add_models_list(models, invocation);
  add_models_show(models, invocation);
  add_models_resolve(models, invocation);
  add_models_import(models, invocation);
  add_models_forget(models, invocation);
  models.action([&invocation] { list_models(invocation, {}); });
  return models;
}

}  // namespace weighin
