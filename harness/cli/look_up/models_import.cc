#include "harness/cli/look_up/models_import.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/named_models.h"
#include "harness/cli/shared_options.h"
#include "harness/cli/whole_file.h"
#include "models/import/import.h"
#include "models/import/kept.h"
#include "models/import/kept_text.h"
#include "models/names/catalogue.h"
#include "models/names/model_name.h"

namespace weighin {
namespace {

struct ImportOptions {
  std::string from, as;
};

/// The folder that keeps imported models. Error: there is no home folder for it to be in.
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
  say(*model, path, invocation.json);
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

Command add_models_import(Command models, Invocation& invocation) {
  const Command command = models.subcommand(
      "import", "Read a model's shape from the headers of its files and keep it as one of your own");
  command.footer(
      "FROM is a file (.gguf, .safetensors, config.json), a folder or a URL. Of a URL only the header is "
      "fetched.\n"
      "HTTPS_PROXY, HTTP_PROXY and NO_PROXY are heeded. HF_TOKEN is sent to the host that the URL names.");
  auto options = std::make_shared<ImportOptions>();
  command.option("FROM", &options->from, "A file, a folder or a URL").required();
  command.option("--as", &options->as, "What to call the model; default: what it calls itself")
      .type_name("NAME");
  add_json(command, invocation);
  command.action([options, &invocation] { import(*options, invocation); });
  return command;
}

Command add_models_forget(Command models, Invocation& invocation) {
  const Command command = models.subcommand("forget", "Delete the shape of a model that was imported");
  auto name = std::make_shared<std::string>();
  command.option("NAME", name.get(), "What the model is called").required();
  command.action([name, &invocation] { forget(*name, invocation); });
  return command;
}

}  // namespace weighin
