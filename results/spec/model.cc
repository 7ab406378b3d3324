#include "results/spec/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/bytes/resident_bytes.h"
#include "models/bytes/tensor_formats.h"
#include "models/llamacpp/memory.h"
#include "models/memory/memory.h"

namespace weighin {
namespace {

/// Adds up `work` over the tensors of its shape, at the bits of its quantization.
void add_tensors(ModelWork& work) {
  const ModelShape& shape = *work.shape;
  const QuantName& quant = work.quant;
  const std::vector<FormatId> formats =
      tensor_formats(shape, quant.format ? *quant.format : file_format_of(FileFormatId::f16));
  const double head_bits = quant.head_bits > 0 ? quant.head_bits : quant.bits;
  for (size_t i = 0; i < shape.tensors.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    const double values = static_cast<double>(tensor.rows) * static_cast<double>(tensor.cols);
    const bool head = tensor.role == TensorRole::output || looked_up(tensor.role);
    double bytes = static_cast<double>(row_bytes(formats[i], tensor.cols)) * static_cast<double>(tensor.rows);
    if (!quant.format && !kept_in_f32(tensor.role)) bytes = values * (head ? head_bits : quant.bits) / 8;
    if (quant.format && !kept_in_f32(tensor.role)) bytes *= quant.more;
    work.weights_bytes += bytes * tensor.stored;
    work.params += values * tensor.stored;
    if (looked_up(tensor.role)) continue;
    work.read_bytes += bytes * tensor.used;
    if (is_expert(tensor.role)) {
      work.expert_bytes += bytes * tensor.used;
      work.all_expert_bytes += bytes * tensor.stored;
    }
    if (kept_in_f32(tensor.role) && tensor.role != TensorRole::router) continue;
    (tensor.role == TensorRole::output ? work.head_products : work.products) += values * tensor.used;
  }
}

void multiply_bytes(ModelWork& work, double factor) {
  for (double* bytes : {&work.weights_bytes, &work.read_bytes, &work.expert_bytes, &work.all_expert_bytes})
    *bytes *= factor;
}

/// Attention's share of `read` tokens in each layer group: the tokens it sees.
double seen(const AttentionLayers& group, double depth) {
  return group.window ? std::min(depth, static_cast<double>(group.window)) : depth;
}

/// The number of layers grows with the cube root of the parameters, and so does the cache.
double cache_scale(const ModelWork& work) {
  return std::pow(work.scale, 2.0 / 3);
}

/// The quantization that the row states, in its own column or in the name of the model.
tl::expected<void, std::string> set_quant(ModelWork& work, const NamedModel& model,
                                          const ResolvedName& resolved) {
  auto quant = quant_of_name(model.quant);
  const auto in_name = quant_of_name(resolved.format);
  // "fp16" beside "int4-AutoRound" is the type in which the engine computes.
  if (in_name && (!quant || (quant->kind == QuantKind::f16 && in_name->bits < quant->bits))) quant = in_name;
  if (!quant && !model.quant.empty() && !model.file_bytes)
    return tl::unexpected(
        fmt::format("the quantization \"{}\" is not known, and model_bytes is not given", model.quant));
  if (!quant) {
    quant = quant_of_name("Q4_K_M");
    work.quant_assumed = !model.file_bytes;
  }
  // The experts of gpt-oss are published in MXFP4, and every file of the model keeps them so.
  if (work.shape->family == "gpt-oss") quant = quant_of_name("MXFP4");
  if (quant->format && quant->format->id == FileFormatId::mxfp4_moe && work.shape->experts == 0)
    *quant = {.bits = quant->bits, .kind = QuantKind::fp4};
  work.quant = *quant;
  return {};
}

}  // namespace

tl::expected<ModelWork, std::string> named_model_work(const NamedModel& model) {
  if (model.name.empty() && !model.params)
    return tl::unexpected(std::string("neither a model nor its parameters are given"));
  const ResolvedName resolved = resolve_name(model.name);
  ModelWork work;
  const auto found = shape_of(model, resolved);
  if (!found) return tl::unexpected(found.error());
  work.shape = found->shape;
  work.basis = found->basis;
  work.scale = found->scale;
  if (const auto set = set_quant(work, model, resolved); !set) return tl::unexpected(set.error());
  add_tensors(work);
  work.layers = work.shape->layers;
  work.width = work.shape->width;
  work.state_bytes = 2.0 * 4 * static_cast<double>(work.shape->state_values);
  if (work.scale != 1) {
    work.params *= work.scale;
    multiply_bytes(work, work.scale);
    work.products *= work.scale;
    work.head_products *= std::pow(work.scale, 1.0 / 3);
    work.layers *= std::pow(work.scale, 1.0 / 3);
    work.width *= std::pow(work.scale, 1.0 / 3);
  }
  if (model.file_bytes && work.weights_bytes > 0) {
    const double ratio = *model.file_bytes / work.weights_bytes;
    if (ratio > 0.2 && ratio < 3) multiply_bytes(work, ratio);
  }
  return work;
}

ModelWork model_work(const ModelShape& shape, const FileFormat& format) {
  ModelWork work;
  work.shape = &shape;
  const auto named = quant_of_name(shape.file_format.empty() ? format.name : shape.file_format);
  if (named) work.quant = *named;
  work.quant.format = &format;
  work.quant.more = 1;
  add_tensors(work);
  work.layers = shape.layers;
  work.width = shape.width;
  work.state_bytes = 2.0 * 4 * static_cast<double>(shape.state_values);
  return work;
}

double cache_read_bytes(const ModelWork& work, double depth) {
  double values = 0;
  for (const AttentionLayers& group : work.shape->attention)
    values += static_cast<double>(group.layers) * group.cached_values * seen(group, depth);
  return 2 * values * cache_scale(work);
}

double attention_products(const ModelWork& work, double depth) {
  double products = 0;
  for (const AttentionLayers& group : work.shape->attention)
    products += static_cast<double>(group.layers) * group.heads * (group.key_dim + group.value_dim) *
                seen(group, depth);
  return products * cache_scale(work);
}

double held_bytes(const ModelWork& work, double context, double prompt) {
  // llama.cpp's parts (models/memory/memory.h), without its graph: the compute buffer that a prompt touches,
  // the logits, the tokenizer in memory and the program (models/bytes/resident_bytes.h). Runtimes of graphics
  // cards add their own.
  constexpr double micro_batch = 512;
  const ModelShape& shape = *work.shape;
  MemorySettings settings;
  settings.context = static_cast<uint32_t>(std::clamp(context, 1.0, 4e9));
  const double cache = static_cast<double>(llamacpp::cache_bytes(shape, settings)) * cache_scale(work);
  const double ffn = static_cast<double>(std::max<uint32_t>(1, shape.experts_active)) * shape.ffn_width;
  const double workspace = 4 * std::clamp(prompt, 1.0, micro_batch) * (3 * ffn + 4.0 * shape.width);
  constexpr uint64_t logit_bytes = 4;
  const double vocabulary = static_cast<double>((logit_bytes + vocabulary_entry_bytes) * shape.vocab);
  return work.weights_bytes + cache + workspace + vocabulary + program_bytes;
}

}  // namespace weighin
