// What every fuzz target demands of the reader that it tests.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "models/bytes/tensor_formats.h"
#include "models/format/file_format.h"
#include "models/memory/memory.h"
#include "models/shape/shape.h"

namespace weighin {

inline void require(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "fuzz: %s\n", what.c_str());
  std::abort();
}

/// Checks a refusal: it must name the byte, or the key or tensor in quotation marks, or say that the text is
/// no JSON.
inline void require_reason(const std::string& error) {
  const bool named = error.find("byte ") != std::string::npos || error.find('"') != std::string::npos ||
                     error.find("JSON") != std::string::npos;
  require(named, "a refusal that names nothing: " + error);
  for (const unsigned char c : error) require(c >= 0x20, "a refusal with control characters");
}

/// Uses a model that was accepted as the program does.
inline void use(const ModelShape& shape) {
  const FileFormat& format = file_format_of(shape.file_bytes ? FileFormatId::as_stored : FileFormatId::q4_0);
  // Memory follows from the graph of the whole model. With many layers that takes long and shows nothing
  // more.
  if (shape.layers <= 16)
    require(memory_use(shape, format, 4096).needed_bytes() > 0, "a model without bytes");
  require(tensor_formats(shape, format).size() == shape.tensors.size(), "tensors without formats");
  require(active_parameters(shape) <= parameters(shape), "more parameters active than there are");
}

}  // namespace weighin
