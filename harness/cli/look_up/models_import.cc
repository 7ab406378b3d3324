#include "harness/cli/look_up/models_import.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/named_models.h"
#include "harness/cli/whole_file.h"
#include "models/import/import.h"
#include "models/import/kept.h"
#include "models/import/kept_text.h"
#include "models/names/catalogue.h"
#include "models/names/model_name.h"

namespace weighin {
namespace {

struct ImportOptions {
  std::string from, as, forget;
  bool json = false;
};

/// A home for imported models. Error: there is none.
tl::expected<std::filesystem::path, std::string> folder_of(const Invocation& invocation) {
  const std::filesystem::path folder = kept_folder(invocation.host);
  if (folder.empty())
    return tl::unexpected(
        std::string("there is no folder to keep models in: neither XDG_DATA_HOME nor HOME is set; `weighin "
                    "fit` reads a file as "
                    "it is"));
  return folder;
}

void say(const ModelShape& model, const std::filesystem::path& kept, bool as_json) {
  const double parameters_now = static_cast<double>(parameters(model));
  if (as_json) {
    const nlohmann::ordered_json object = {
        {"name", model.name},
        {"title", model.title},
        {"architecture", model.architecture},
        {"params", parameters(model)},
        {"active_params", active_parameters(model)},
        {"size_class", size_class_of(parameters(model)).name},
        {"layers", model.layers},
        {"tensors", model.tensors.size()},
        {"max_context", model.max_context},
        {"format", model.file_format.empty() ? nlohmann::ordered_json(nullptr)
                                             : nlohmann::ordered_json(model.file_format)},
        {"bytes",
         model.file_bytes ? nlohmann::ordered_json(model.file_bytes) : nlohmann::ordered_json(nullptr)},
        {"source", model.source},
        {"kept", kept.string()}};
    std::puts(object.dump(2).c_str());
    return;
  }
  fmt::print("{} ({}): {}, {:.3g} billion parameters, {} layers, context {}\n", model.title, model.name,
             model.architecture, parameters_now / 1e9, model.layers, model.max_context);
  if (!model.file_format.empty())
    fmt::print("  {}, {} bytes, {} tensors\n", model.file_format, model.file_bytes, model.tensors.size());
  fmt::print("  kept as {}; try: weighin fit {}\n", kept.string(), model.name);
}

void import(const ImportOptions& options, Invocation& invocation) {
  const auto folder = folder_of(invocation);
  if (!folder) return fail(invocation, folder.error());
  const auto files = read_model_files(options.from);
  if (!files) return fail(invocation, files.error());
  auto model = shape_of_files(*files);
  if (!model) return fail(invocation, model.error());
  if (!options.as.empty()) model->name = model_name(options.as);
  if (const ModelShape* known = find_model(model->name))
    return fail(invocation,
                fmt::format("the catalogue has a model called \"{}\" ({}); name this one with --as NAME",
                            model->name, known->title));
  const std::filesystem::path path = kept_path(*folder, model->name);
  const auto written = write_whole_file(path, kept_text(model->name, *files));
  if (!written) return fail(invocation, written.error());
  say(*model, path, options.json);
}

void forget(const std::string& name, Invocation& invocation) {
  const auto folder = folder_of(invocation);
  if (!folder) return fail(invocation, folder.error());
  const std::filesystem::path path = kept_path(*folder, model_name(name));
  std::error_code error;
  if (std::filesystem::remove(path, error)) {
    fmt::print("forgot {}\n", model_name(name));
  } else {
    fail(invocation, error ? fmt::format("cannot delete {}: {}", path.string(), error.message())
                           : fmt::format("no imported model is called \"{}\"", name));
  }
}

}  // namespace

void add_models_import(Command models, Invocation& invocation) {
  auto options = std::make_shared<ImportOptions>();
  const Command importing =
      models.subcommand("import", "Reads a model's shape from its files' headers and keeps it as your own");
  importing.footer(
      "A file (.gguf, .safetensors, config.json), a folder, or a URL; of a URL only the header travels. "
      "HTTPS_PROXY,\n"
      "HTTP_PROXY and NO_PROXY are heeded; HF_TOKEN is sent to the host that the URL names.");
  importing.option("FROM", &options->from, "A file, a folder or a URL").required().type_name("PATH|URL");
  importing.option("--as", &options->as, "The name it shall have; else the one it gives itself");
  importing.flag("--json", &options->json, "As JSON");
  const Command forgetting = models.subcommand("forget", "Deletes an imported model's shape");
  forgetting.option("NAME", &options->forget, "Its name").required();
  importing.action([options, &invocation] { import(*options, invocation); });
  forgetting.action([options, &invocation] { forget(options->forget, invocation); });
}

}  // namespace weighin
