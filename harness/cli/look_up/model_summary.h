// What `models list` and `models show` both say of a model.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

/// "chat" or "encode".
const char* task_name(Task task);

/// A GGUF format, and the bytes of a model's file in it.
struct SmallestFile {
  const FileFormat* format = nullptr;
  uint64_t bytes = 0;
};
/// The smallest GGUF file of `model` whose matrices have at least 4 bits a weight.
SmallestFile smallest_four_bit_file(const ModelShape& model);

/// The facts of one model. Numbers are null where the shape is undisclosed.
nlohmann::ordered_json summary_json(const ModelShape& model);

}  // namespace weighin
