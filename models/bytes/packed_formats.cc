#include "models/bytes/packed_formats.h"

#include <algorithm>

namespace weighin {
namespace {

using enum FileFormatId;

constexpr Packing in_32{.bits = 32}, in_16{.bits = 16};

// The header of a safetensors file is 8 bytes of length and a JSON object that has a name, a dtype, a shape
// and two offsets for each tensor (github.com/huggingface/safetensors, README, "Format"). With the names of
// transformers that is 110 to 125 bytes a tensor.
constexpr uint64_t json_entry = 118;

// FP8 of compressed-tensors with one scale per row (github.com/neuralmagic/compressed-tensors,
// "float-quantized"): the values are float8_e4m3fn, the scales bf16. Output head and embedding stay in 16
// bits.
constexpr Packing fp8{.bits = 8, .scale_bytes = 2};

// GPTQ (github.com/AutoGPTQ/AutoGPTQ, qlinear_cuda.py; GPTQModel does the same). qweight holds 32 / bits
// values in each int32. qzeros has a zero point of as many bits, and scales an f16, for each group and
// output. g_idx has an int32 for each input. Only the linear layers of the decoder blocks are packed.
constexpr Packing gptq(uint32_t bits, uint32_t group) {
  return {.bits = bits, .group = group, .scale_bytes = 2, .zero_bits = bits, .input_bytes = 4};
}

// AWQ (github.com/casper-hansen/AutoAWQ, awq/modules/linear/gemm.py): like GPTQ, without g_idx.
constexpr Packing awq{.bits = 4, .group = 128, .scale_bytes = 2, .zero_bits = 4};

// ONNX Runtime's quantize_dynamic (onnxruntime/python/tools/quantization/quantize.py): weights of products
// and look-ups are uint8, with one f32 scale and one uint8 zero point for the whole matrix. Other tensors
// stay in f32.
constexpr Packing onnx_dynamic{.bits = 8, .scale_bytes = 5, .one_scale = true};
// The products of encoders have a scale and a zero point for each output, because Transformers.js passes
// per_channel for all models but decoders (github.com/huggingface/transformers.js, scripts/convert.py,
// NO_PER_CHANNEL_REDUCE_RANGE_MODELS).
constexpr Packing onnx_dynamic_rows{.bits = 8, .scale_bytes = 5};

// ONNX Runtime's MatMulNBits (docs/ContribOperators.md, com.microsoft.MatMulNBits), symmetric, in blocks of
// 32 inputs: 16 bytes of nibbles and a scale in the model's own float format. Tables that are looked up are
// not packed.
constexpr Packing onnx_blocks(uint32_t scale_bytes) {
  return {.bits = 4, .group = 32, .scale_bytes = scale_bytes};
}
// Bytes of an ONNX graph beside the weights. A tensor takes its name twice (as initializer and where it is
// used), its shape and its offset. A layer takes its operations and their constants. Both are estimated from
// what the files of SmolLM2 135M hold beside weights (huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct,
// onnx/: 654, 327, 200 and 134 MB). By the same files, an output head that is tied to the embedding is stored
// a second time.
constexpr uint64_t onnx_entry = 150, onnx_layer = 50'000;
// The same for a layer of an encoder, from the files of all-MiniLM-L6-v2
// (huggingface.co/Xenova/all-MiniLM-L6-v2, revision 751bff37, onnx/: 90,387,630 and 22,972,370 bytes). They
// do not hold the pooler, which no output needs.
constexpr uint64_t onnx_encoder_layer = 18'600, onnx_int8_encoder_layer = 31'000;

// MLX (mlx.core.quantize, affine): groups of 64 inputs with a 16-bit scale and a 16-bit bias each. Embedding
// and output head are packed as well (github.com/ml-explore/mlx-lm, utils.quantize_model).
constexpr Packing mlx(uint32_t bits) {
  return {.bits = bits, .group = 64, .scale_bytes = 4};
}

// MediaPipe's LLM converter (mediapipe/tasks/python/genai/converter): one f32 scale per row. Its int4 files
// keep attention in int8 (attention_quant_bits 8, feedforward_quant_bits 4, embedding_quant_bits 4), as the
// CPU file of gemma-1.1-2b-it with 1,346.5 MB shows. The file holds the tokenizer: Gemma's has 4.2 MB for
// 256,000 entries.
constexpr Packing row_int8{.bits = 8, .scale_bytes = 4}, row_int4{.bits = 4, .scale_bytes = 4};
constexpr uint64_t sentencepiece_token = 17;

constexpr PackedFormat formats[] = {
    {safetensors_fp32, in_32, in_32, in_32, in_32, in_32, json_entry, 0, 0},
    {safetensors_bf16, in_16, in_16, in_16, in_16, in_16, json_entry, 0, 0},
    {safetensors_fp16, in_16, in_16, in_16, in_16, in_16, json_entry, 0, 0},
    {safetensors_fp8, fp8, fp8, in_16, in_16, in_16, 2 * json_entry, 0, 0},
    {gptq_int8_g128, gptq(8, 128), gptq(8, 128), in_16, in_16, in_16, 4 * json_entry, 0, 0},
    {gptq_int4_g32, gptq(4, 32), gptq(4, 32), in_16, in_16, in_16, 4 * json_entry, 0, 0},
    {gptq_int4_g64, gptq(4, 64), gptq(4, 64), in_16, in_16, in_16, 4 * json_entry, 0, 0},
    {gptq_int4_g128, gptq(4, 128), gptq(4, 128), in_16, in_16, in_16, 4 * json_entry, 0, 0},
    {awq_int4_g128, awq, awq, in_16, in_16, in_16, 3 * json_entry, 0, 0},
    {onnx_fp32, in_32, in_32, in_32, in_32, in_32, onnx_entry, onnx_layer, 0, onnx_encoder_layer},
    {onnx_fp16, in_16, in_16, in_16, in_16, in_16, onnx_entry, onnx_layer, 0, onnx_encoder_layer},
    {onnx_int8, onnx_dynamic, onnx_dynamic, onnx_dynamic, onnx_dynamic, in_32, 3 * onnx_entry, onnx_layer, 0,
     onnx_int8_encoder_layer},
    {onnx_q4, onnx_blocks(4), onnx_blocks(4), in_32, onnx_blocks(4), in_32, 2 * onnx_entry, onnx_layer, 0,
     onnx_encoder_layer},
    {onnx_q4f16, onnx_blocks(2), onnx_blocks(2), in_16, onnx_blocks(2), in_16, 2 * onnx_entry, onnx_layer, 0,
     onnx_encoder_layer},
    {mlx_8bit, mlx(8), mlx(8), mlx(8), mlx(8), in_16, 3 * json_entry, 0, 0},
    {mlx_4bit, mlx(4), mlx(4), mlx(4), mlx(4), in_16, 3 * json_entry, 0, 0},
    {mediapipe_int8, row_int8, row_int8, row_int8, row_int8, in_32, onnx_entry, 0, sentencepiece_token},
    {mediapipe_int4, row_int8, row_int4, row_int4, row_int4, in_32, onnx_entry, 0, sentencepiece_token},
};

bool is_attention(TensorRole role) {
  return role == TensorRole::attn_q || role == TensorRole::attn_k || role == TensorRole::attn_v ||
         role == TensorRole::attn_qkv || role == TensorRole::attn_kv_b || role == TensorRole::attn_output;
}

const Packing& packing_of(const PackedFormat& format, TensorRole role) {
  if (looked_up(role)) return format.embedding;  // also learned positions, which GGUF files keep in f32
  if (kept_in_f32(role)) return format.kept;
  if (role == TensorRole::output) return format.output;
  return is_attention(role) ? format.attention : format.feed_forward;
}

}  // namespace

uint64_t packed_bytes(const Packing& packing, uint64_t rows, uint64_t cols) {
  const uint64_t groups = packing.group ? (cols + packing.group - 1) / packing.group : 1;
  const uint64_t scales = packing.one_scale ? packing.scale_bytes : rows * groups * packing.scale_bytes;
  return (rows * cols * packing.bits + 7) / 8 + scales + groups * ((rows * packing.zero_bits + 7) / 8) +
         cols * packing.input_bytes;
}

const PackedFormat* find_packed_format(FileFormatId id) {
  const auto* found =
      std::find_if(std::begin(formats), std::end(formats), [&](const auto& f) { return f.id == id; });
  return found == std::end(formats) ? nullptr : found;
}

FileBytes packed_file_bytes(const ModelShape& shape, const FileFormat& format) {
  FileBytes bytes;
  const PackedFormat* packed = find_packed_format(format.id);
  if (packed == nullptr) return bytes;
  const bool encoder = format.container == Container::onnx && shape.task == Task::encode && !shape.head;
  bytes.header = shape.layers * (encoder ? packed->encoder_layer_bytes : packed->layer_bytes) +
                 shape.vocab * packed->token_bytes;
  for (const Tensor& tensor : shape.tensors) {
    // These containers have the frequency factors of long contexts in the configuration.
    if (tensor.name.starts_with("rope_f")) continue;
    if (encoder && tensor.name.starts_with("cls.")) continue;  // the pooler
    const bool again = format.container == Container::onnx && tensor.role == TensorRole::output;
    const uint64_t stored = again ? std::max<uint64_t>(1, tensor.stored) : tensor.stored;
    const Packing& packing = packing_of(*packed, tensor.role);
    const bool by_row = encoder && packing.one_scale && !looked_up(tensor.role);
    bytes.weights += stored * packed_bytes(by_row ? onnx_dynamic_rows : packing, tensor.rows, tensor.cols);
    bytes.header += stored * (&packing == &packed->kept ? json_entry : packed->tensor_bytes);
  }
  return bytes;
}

}  // namespace weighin
