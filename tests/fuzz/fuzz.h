// What every fuzz target holds its reader to.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "models/format/file_format.h"
#include "models/memory/memory.h"
#include "models/shape/shape.h"

namespace weighin {

inline void require(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "fuzz: %s\n", what.c_str());
  std::abort();
}

/// A refusal names the byte, or the key or tensor in quotation marks, or says that the text is no JSON.
inline void require_reason(const std::string& error) {
  const bool named = error.find("byte ") != std::string::npos || error.find('"') != std::string::npos ||
                     error.find("JSON") != std::string::npos;
  require(named, "a refusal that names nothing: " + error);
  for (const unsigned char c : error) require(c >= 0x20, "a refusal with control characters");
}

/// What is done with every model that was accepted.
inline void use(const ModelShape& shape) {
  const FileFormat& format = file_format_of(shape.file_bytes ? FileFormatId::as_stored : FileFormatId::q4_0);
  // Memory is that of an engine's whole graph: of many layers it takes longer, and shows nothing more.
  if (shape.layers <= 16)
    require(memory_use(shape, format, 4096).needed_bytes() > 0, "a model without bytes");
  require(tensor_formats(shape, format).size() == shape.tensors.size(), "tensors without formats");
  require(active_parameters(shape) <= parameters(shape), "more parameters active than there are");
}

}  // namespace weighin
