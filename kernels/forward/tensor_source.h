// Where the forward pass gets its tensors from.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "models/gguf/gguf.h"
#include "models/shape/shape.h"

namespace weighin {

/// Returns the plain blocks of a tensor in `format`, which stay valid until the next call. If there are fewer
/// blocks than the tensor has, they repeat, and are a whole number of units of any packing. Error: why they
/// cannot be had.
using TensorSource = std::function<tl::expected<std::span<const std::byte>, std::string>(const Tensor& tensor,
                                                                                         FormatId format)>;

/// Random valid blocks. Their values are of the sizes that a trained model's weights have
/// (models/synthetic/random_blocks.h), so that every value of the pass is finite. Normalizations are ones and
/// biases zeros.
TensorSource synthetic_tensors(uint64_t seed);

/// The tensors of a local GGUF file whose header is `file`. The source maps the file. Error: the file is one
/// of several parts, or it cannot be mapped.
tl::expected<TensorSource, std::string> gguf_tensors(const std::string& path, const Gguf& file);

}  // namespace weighin
