#include "harness/cli/look_up/models_show.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/look_up/model_summary.h"
#include "harness/cli/named_models.h"
#include "harness/cli/shared_options.h"
#include "models/bytes/file_bytes.h"
#include "models/memory/memory.h"
#include "models/shape/size_class.h"
#include "models/text/units.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

uint64_t vision_parameters(const ModelShape& model) {
  uint64_t sum = 0;
  for (const Tensor& tensor : model.vision_tensors) sum += stored_values(tensor);
  return sum;
}

ordered_json tensors_json(const std::vector<Tensor>& tensors) {
  ordered_json list = ordered_json::array();
  for (const Tensor& tensor : tensors) {
    list.push_back({{"name", tensor.name},
                    {"role", role_name(tensor.role)},
                    {"rows", tensor.rows},
                    {"cols", tensor.cols},
                    {"stored", tensor.stored},
                    {"used", tensor.used}});
  }
  return list;
}

ordered_json vision_json(const ModelShape& model) {
  if (model.vision_tensors.empty()) return nullptr;
  return {{"params", vision_parameters(model)}, {"layers", model.vision.layers},
          {"width", model.vision.width},        {"ffn_width", model.vision.ffn_width},
          {"patch", model.vision.patch},        {"tensors", tensors_json(model.vision_tensors)}};
}

ordered_json detail_json(const ModelShape& model) {
  ordered_json object = summary_json(model);
  if (!model.undisclosed.empty()) return object;
  object["published_params"] =
      model.published_params ? ordered_json(model.published_params) : ordered_json(nullptr);
  object["layers"] = model.layers;
  object["encoder_layers"] = model.encoder_layers;
  object["width"] = model.width;
  object["ffn_width"] = model.ffn_width;
  object["vocab"] = model.vocab;
  object["max_context"] = model.max_context;
  object["experts"] = model.experts;
  object["experts_active"] = model.experts_active;
  object["state_values"] = model.state_values;
  object["tensors"] = tensors_json(model.tensors);
  object["vision"] = vision_json(model);
  object["files"] = ordered_json::array();
  if (!model.file_format.empty()) {
    // A file has one format: the bytes of other formats would be those of another file.
    object["files"].push_back({{"format", model.file_format}, {"bytes", model.file_bytes}});
    return object;
  }
  for (const FileFormat& format : all_file_formats()) {
    const FileBytes bytes = file_bytes(model, format);
    object["files"].push_back({{"format", format.name},
                               {"container", container_name(format.container)},
                               {"bytes", bytes.total()},
                               {"weight_bytes", bytes.weights}});
  }
  object["published_files"] = ordered_json::array();
  for (const PublishedFile& file : model.published_files) {
    object["published_files"].push_back(
        {{"format", file.format}, {"bytes", file.bytes}, {"source", file.source}});
  }
  return object;
}

std::string terms_text(const ModelShape& model) {
  std::string text = model.licence.empty() ? "licence not known" : model.licence;
  if (model.gated) text += ", gated: its terms must be accepted before the original weights can be had";
  if (!model.released.empty()) text += ", released " + model.released;
  return text;
}

std::string checked_text(const ModelShape& model) {
  switch (model.checked) {
    case Checked::read:
      return fmt::format("every number read at its source: {}", model.checked_note);
    case Checked::recomputed:
      return fmt::format("recalled, and the count it gives agrees with the published one: {}",
                         model.checked_note);
    case Checked::recalled:
      return fmt::format("RECALLED, not read again: {}", model.checked_note);
  }
  return "";
}

std::string detail_text(const ModelShape& model) {
  std::string text = fmt::format("{} ({})\n", model.title, model.name);
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<12} {}\n", name, value);
  };
  line("aliases", fmt::format("{}", fmt::join(model.aliases, ", ")));
  line("terms", terms_text(model));
  if (!model.undisclosed.empty()) {
    line("undisclosed", model.undisclosed);
    line("source", model.source);
    return text;
  }
  const uint64_t total = parameters(model), active = active_parameters(model);
  line("parameters",
       fmt::format(
           "{} ({}{})", count_text(total), total,
           active + vision_parameters(model) == total ? "" : fmt::format(", {} active", count_text(active))));
  line("size class", std::string(size_class_of(total).name));
  line("shape", fmt::format("{} layers, {} wide, feed-forward {}, vocabulary {}", model.layers, model.width,
                            model.ffn_width, model.vocab));
  if (model.encoder_layers) line("encoder", fmt::format("{} layers", model.encoder_layers));
  if (model.experts) line("experts", fmt::format("{}, {} active", model.experts, model.experts_active));
  if (!model.vision_tensors.empty())
    line("vision",
         fmt::format("{} parameters, {} layers, {} wide, a file of its own beside a GGUF",
                     count_text(vision_parameters(model)), model.vision.layers, model.vision.width));
  line("context", fmt::format("at most {} tokens", model.max_context));
  line("distilled", model.distilled_from.empty() ? "" : "from " + model.distilled_from);
  line("source", model.source);
  line("checked", checked_text(model));
  line("remark", model.remark);
  if (!model.file_format.empty()) {
    line("file", fmt::format("{}, {} bytes", model.file_format, model.file_bytes));
    return text;
  }
  text += "  download\n";
  for (const FileFormat& format : all_file_formats()) {
    text += fmt::format("    {:<22} {:>9.2f} GB\n", format.name, in_gb(download_bytes(model, format)));
  }
  return text;
}

}  // namespace

Command add_models_show(Command models, Invocation& invocation) {
  const Command command = models.subcommand("show", "Show everything that is known of one model");
  auto name = std::make_shared<std::string>();
  add_model(command, *name);
  add_json(command, invocation);
  command.action([name, &invocation] {
    NamedModels named(invocation.host);
    const auto model = named.find(*name);
    if (!model) return fail(invocation, model.error());
    std::fputs((invocation.json ? detail_json(**model).dump(2) + "\n" : detail_text(**model)).c_str(),
               stdout);
  });
  return command;
}

}  // namespace weighin
