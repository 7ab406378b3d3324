#include "harness/cli/look_up/model_summary.h"

#include <nlohmann/json.hpp>

#include "models/bytes/file_bytes.h"
#include "models/memory/memory.h"
#include "models/shape/size_class.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

/// Below this, quality falls off (llama.cpp#1684): such a format is nobody's first choice.
constexpr double fewest_bits = 4;

}  // namespace

const char* task_name(Task task) {
  return task == Task::chat ? "chat" : "encode";
}

SmallestFile smallest_four_bit_file(const ModelShape& model) {
  SmallestFile smallest;
  for (const FileFormat& format : all_file_formats()) {
    if (format.container != Container::gguf || format_of(format.base).bits_per_weight() < fewest_bits)
      continue;
    const uint64_t bytes = download_bytes(model, format);
    if (!smallest.format || bytes < smallest.bytes) smallest = {&format, bytes};
  }
  return smallest;
}

ordered_json summary_json(const ModelShape& model) {
  const bool known = model.undisclosed.empty();
  const auto number = [&](uint64_t value) { return known ? ordered_json(value) : ordered_json(nullptr); };
  const auto word = [](const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
  };
  return {{"name", model.name},
          {"title", model.title},
          {"aliases", model.aliases},
          {"family", model.family},
          {"architecture", word(model.architecture)},
          {"task", task_name(model.task)},
          {"params", number(parameters(model))},
          {"active_params", number(active_parameters(model))},
          {"size_class", known ? ordered_json(size_class_of(parameters(model)).name) : ordered_json(nullptr)},
          {"license", word(model.licence)},
          {"gated", model.gated},
          {"released", word(model.released)},
          {"distilled_from", word(model.distilled_from)},
          {"made", model.made},
          {"undisclosed", known ? ordered_json(nullptr) : ordered_json(model.undisclosed)},
          {"remark", model.remark},
          {"source", model.source},
          {"checked", checked_name(model.checked)},
          {"checked_note", model.checked_note}};
}

}  // namespace weighin
