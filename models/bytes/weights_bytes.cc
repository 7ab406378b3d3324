#include "models/bytes/weights_bytes.h"

#include <algorithm>

#include "models/bytes/tensor_formats.h"

namespace weighin {

uint64_t weights_bytes(const ModelShape& shape, const FileFormat& format) {
  return weights_bytes(shape, format, tensor_formats(shape, format));
}

uint64_t weights_bytes(const ModelShape& shape, const FileFormat& format,
                       const std::vector<FormatId>& formats) {
  if (format.id == FileFormatId::as_stored && shape.packed_bytes) return shape.packed_bytes;
  uint64_t sum = 0;
  for (size_t i = 0; i < formats.size(); ++i) sum += stored_bytes(shape.tensors[i], formats[i]);
  return sum;
}

uint64_t largest_tensor_bytes(const ModelShape& shape, const std::vector<FormatId>& formats) {
  uint64_t most = 0;
  for (size_t i = 0; i < formats.size(); ++i)
    most = std::max(most, stored_bytes(shape.tensors[i], formats[i]));
  return most;
}

}  // namespace weighin
