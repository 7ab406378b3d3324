// BERT and encoders built like it as ONNX graphs, which browsers and servers run.
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
/// In onnx-fp16 all weights and products are f16, and the output is f32. onnx-int8 is what ONNX Runtime's
/// quantize_dynamic makes with per_channel and reduce_range, as Transformers.js does for these models:
/// products by DynamicQuantizeLinear and MatMulInteger, tables by Gather and DequantizeLinear, everything
/// else in f32.
///
/// Error: the model is no such encoder (it has rotated positions, a gated feed-forward part, or another
/// attention), or the format is none of the three.
tl::expected<OnnxGraph, std::string> encoder_graph(const ModelShape& shape, const FileFormat& format);

}  // namespace weighin
