// BERT and its kin as an ONNX graph: what runs encoders in browsers and on servers.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/format/file_format.h"
#include "models/shape/shape.h"
#include "models/synthetic/onnx_model.h"

namespace weighin {

/// The graph of `shape` in onnx-fp32, onnx-fp16 or onnx-int8: input_ids, attention_mask and, where the model
/// has more than one, token_type_ids (int64, batch x sequence) to last_hidden_state (f32, batch x sequence x
/// width). The pooler is not of the graph, as in files exported for features (Optimum, Transformers.js).
///
/// fp16: all weights and products; the output is f32. int8: as ONNX Runtime's quantize_dynamic makes it with
/// per_channel and reduce_range, Transformers.js's choice for these models: products by DynamicQuantizeLinear
/// and MatMulInteger, tables by Gather and DequantizeLinear, all else f32.
///
/// Error: the model is no such encoder (rotated positions, a gated feed-forward, another attention), or the
/// format is none of those.
tl::expected<OnnxGraph, std::string> encoder_graph(const ModelShape& shape, const FileFormat& format);

}  // namespace weighin
