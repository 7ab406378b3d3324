// What a published row says of its model, as bytes and products: the model's half of a prediction from specs.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "models/names/quant_name.h"
#include "models/shape/shape.h"
#include "results/spec/shape.h"

namespace weighin {

/// What running a model costs, whatever it runs on.
struct ModelWork {
  const ModelShape* shape = nullptr;  // its own, or the one that stands for it
  ShapeBasis basis = ShapeBasis::exact;
  double scale = 1;  // parameters over `shape`'s
  QuantName quant;
  bool quant_assumed = false;  // none was stated, and no file size either
  double params = 0;
  double weights_bytes = 0;  // all that is stored
  double read_bytes = 0;     // weights read for one token
  double products = 0;       // multiply-adds of one token with the layers' matrices
  double head_products = 0;  // and with the output head
  double expert_bytes = 0;   // of read_bytes: active experts
  double all_expert_bytes = 0;
  double state_bytes = 0;  // of recurrent layers, read and written once a token
  double layers = 0;
  double width = 0;
  bool experts() const { return all_expert_bytes > 0; }
};

/// The work that `model` costs. Error: what is missing to know it.
tl::expected<ModelWork, std::string> named_model_work(const NamedModel& model);

/// The work of a known shape in a format.
ModelWork model_work(const ModelShape& shape, const FileFormat& format);

/// Bytes of keys and values, in f16, that one token with `depth` tokens before it reads.
double cache_read_bytes(const ModelWork& work, double depth);
/// Multiply-adds of its attention.
double attention_products(const ModelWork& work, double depth);
/// Bytes that running it holds with `context` tokens: weights, KV cache, buffers (models/memory/memory.h).
double held_bytes(const ModelWork& work, double context, double prompt);

}  // namespace weighin
