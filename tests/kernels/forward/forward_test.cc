// The forward pass is compared with the same pass in doubles, on every instruction set, with thread counts
// that divide its heads and with others; and what it refuses. tests/engine/decode.test.mjs compares it with
// llama.cpp.
#include "kernels/forward/pass.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"
#include "kernels/table/all_kernels.h"
#include "models/names/catalogue.h"
#include "models/synthetic/random_blocks.h"

namespace weighin {
namespace {

/// Random blocks of every tensor. They are whole, so that rows are packed one by one.
struct Blocks {
  std::map<std::string, std::vector<std::byte>> of;

  TensorSource source() {
    return [this](const Tensor& tensor,
                  FormatId format) -> tl::expected<std::span<const std::byte>, std::string> {
      std::vector<std::byte>& blocks = of[tensor.name];
      if (!blocks.empty()) return blocks;
      blocks.resize(tensor.stored * tensor.rows * row_bytes(format, tensor.cols));
      Random random(std::hash<std::string>()(tensor.name));
      const double deviation = tensor.role == TensorRole::norm ? 1 : 1 / std::sqrt(double(tensor.cols));
      fill_random_blocks(format, deviation, random, blocks);
      return blocks;
    };
  }
};

using Vector = std::vector<double>;

/// The model in doubles, computed from the blocks in the layout of a file.
class Reference {
 public:
  Reference(const ModelShape& shape, const ForwardFacts& facts, const std::vector<FormatId>& formats,
            Blocks& blocks)
      : shape_(shape), facts_(facts) {
    const TensorSource source = blocks.source();
    for (size_t i = 0; i < shape.tensors.size(); ++i) {
      const Tensor& tensor = shape.tensors[i];
      if (tensor.stored == 0) continue;
      Vector values(tensor.rows * tensor.cols);
      const auto bytes = source(tensor, formats[i]);
      for (uint64_t row = 0; row < tensor.rows; ++row)
        codec_of(formats[i])
            .decode(bytes->data() + row * row_bytes(formats[i], tensor.cols), &values[row * tensor.cols],
                    static_cast<uint32_t>(tensor.cols));
      tensors_[tensor.name] = std::move(values);
    }
    keys_.resize(shape.layers);
    values_.resize(shape.layers);
  }

  Vector step(uint32_t token, uint32_t position) {
    const uint32_t width = shape_.width, dim = shape_.head_dim, group = shape_.heads / shape_.kv_heads;
    const Vector& table = tensors_["token_embd.weight"];
    Vector x(table.begin() + token * width, table.begin() + (token + 1) * width);
    for (uint32_t l = 0; l < shape_.layers; ++l) {
      const std::string layer = "blk." + std::to_string(l) + ".";
      const Vector h = norm(x, layer + "attn_norm");
      Vector q = product(layer + "attn_q", h), k = product(layer + "attn_k", h);
      rotate(q, position);
      rotate(k, position);
      keys_[l].push_back(halves(k));
      values_[l].push_back(halves(product(layer + "attn_v", h)));
      Vector attended(q.size());
      for (uint32_t head = 0; head < shape_.heads; ++head)
        attend(l, &q[head * dim], head / group * dim, &attended[head * dim]);
      add(x, product(layer + "attn_output", attended));
      const Vector f = norm(x, layer + "ffn_norm");
      Vector gate = product(layer + "ffn_gate", f);
      const Vector up = product(layer + "ffn_up", f);
      for (size_t i = 0; i < gate.size(); ++i) gate[i] *= up[i] / (1 + std::exp(-gate[i]));
      add(x, product(layer + "ffn_down", gate));
    }
    const Vector last = norm(x, "output_norm");
    return product(tensors_.contains("output.weight") ? "output" : "token_embd", last);
  }

 private:
  static void add(Vector& x, const Vector& y) {
    for (size_t i = 0; i < x.size(); ++i) x[i] += y[i];
  }
  static Vector halves(Vector x) {
    for (double& value : x) value = half_to_float(float_to_half(static_cast<float>(value)));
    return x;
  }
  Vector norm(const Vector& x, const std::string& name) {
    double squares = 0;
    for (const double value : x) squares += value * value;
    const double scale = 1 / std::sqrt(squares / static_cast<double>(x.size()) + double{facts_.epsilon});
    Vector y = tensors_[name + ".weight"];
    for (size_t i = 0; i < x.size(); ++i) y[i] *= x[i] * scale;
    return y;
  }
  Vector product(const std::string& name, const Vector& x) {
    const Vector& w = tensors_[name + ".weight"];
    Vector y(w.size() / x.size());
    for (size_t row = 0; row < y.size(); ++row)
      for (size_t i = 0; i < x.size(); ++i) y[row] += w[row * x.size() + i] * x[i];
    if (const auto bias = tensors_.find(name + ".bias"); bias != tensors_.end()) add(y, bias->second);
    return y;
  }
  void rotate(Vector& heads, uint32_t position) const {
    const uint32_t dim = shape_.head_dim, half = dim / 2;
    for (size_t head = 0; head < heads.size(); head += dim) {
      for (uint32_t i = 0; i < half; ++i) {
        const double angle = position * std::pow(double{facts_.rotation.base}, -double(i) / half);
        double& a = heads[head + (facts_.adjacent_pairs ? 2 * i : i)];
        double& b = heads[head + (facts_.adjacent_pairs ? 2 * i + 1 : i + half)];
        const double turned = a * std::cos(angle) - b * std::sin(angle);
        b = a * std::sin(angle) + b * std::cos(angle);
        a = turned;
      }
    }
  }
  void attend(uint32_t layer, const double* q, uint32_t at, double* y) const {
    const uint32_t dim = shape_.head_dim;
    double total = 0;
    for (size_t t = 0; t < keys_[layer].size(); ++t) {
      double score = 0;
      for (uint32_t i = 0; i < dim; ++i) score += q[i] * keys_[layer][t][at + i];
      const double weight = std::exp(score / std::sqrt(double(dim)));
      total += weight;
      for (uint32_t i = 0; i < dim; ++i) y[i] += weight * values_[layer][t][at + i];
    }
    for (uint32_t i = 0; i < dim; ++i) y[i] /= total;
  }

  const ModelShape& shape_;
  const ForwardFacts& facts_;
  std::map<std::string, Vector> tensors_;
  std::vector<std::vector<Vector>> keys_, values_;
};

double difference(std::span<const float> logits, const Vector& truth) {
  double squares = 0, size = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    squares += std::pow(logits[i] - truth[i], 2);
    size += truth[i] * truth[i];
  }
  return std::sqrt(squares / size);
}

/// Every level of instruction sets that this CPU can run, from scalar code on.
std::vector<Simd> instruction_sets() {
  const Simd here = this_cpu();
  std::vector<Simd> sets{Simd{}};
  if (runs(here, Isa::avx2)) {
    Simd avx2;
    avx2.avx2 = avx2.fma = avx2.f16c = true;
    sets.push_back(avx2);
  }
  sets.push_back(here);
  return sets;
}

constexpr uint32_t tokens = 10;
uint32_t token_at(uint32_t i) {
  return (i * 37 + 5) % 500;
}

void compare(const char* model, FileFormatId format, double bound) {
  const ModelShape* found = find_model(model);
  ASSERT_NE(found, nullptr);
  const ModelShape& small = *found;
  ForwardFacts facts = forward_facts(small, nullptr).value();
  facts.epsilon = 1e-3F;
  facts.rotation.base = 5000;
  const std::vector<FormatId> formats = computed_formats(small, file_format_of(format));
  Blocks blocks;
  Reference reference(small, facts, formats, blocks);
  std::vector<Vector> truth;
  for (uint32_t i = 0; i < tokens; ++i) truth.push_back(reference.step(token_at(i), i));
  for (const Simd& simd : instruction_sets()) {
    for (const uint32_t threads : {1U, 2U, 3U}) {
      ThreadPool pool(threads);
      const auto weights = load_weights(small, facts, formats, blocks.source(), kernels_of(simd), pool);
      ASSERT_TRUE(weights) << weights.error();
      ForwardPass pass(small, facts, *weights, make_cache(small, tokens, 0, 1).value(), simd, pool);
      double worst = 0;
      for (uint32_t i = 0; i < tokens; ++i) {
        pass.step(token_at(i), ForwardPass::Output::sample);
        worst = std::max(worst, difference(pass.logits(), truth[i]));
      }
      EXPECT_LE(worst, bound) << model << " " << file_format_of(format).name << ", " << threads << " threads";
      const auto most = std::max_element(pass.logits().begin(), pass.logits().end());
      EXPECT_EQ(pass.likeliest(), most - pass.logits().begin());
    }
  }
}

// f32 arithmetic rounds by 2^-24. Keys and values are rounded to f16 in both passes, but to different sides
// where they lie in the middle: 2^-11 of one value.
TEST(Forward, LogitsAreThoseOfDoubles) {
  compare("stories260k", FileFormatId::f32, 1e-3);
}

// The reference does not round the inputs of products to int8: half a step, about 1% of a value, at 4
// products in each of 5 layers.
TEST(Forward, QuantizedLogitsAreThoseOfDoublesWithinTheRoundingOfInputs) {
  compare("stories260k", FileFormatId::q8_0, 0.06);
}

TEST(Forward, AnotherFactIsAnotherResult) {
  const ModelShape shape = *find_model("stories260k");
  const std::vector<FormatId> formats = computed_formats(shape, file_format_of(FileFormatId::f32));
  ForwardFacts facts = forward_facts(shape, nullptr).value();
  Blocks blocks;
  ForwardFacts other = facts;
  other.adjacent_pairs = !facts.adjacent_pairs;
  Reference reference(shape, other, formats, blocks);
  ThreadPool pool(1);
  const auto weights = load_weights(shape, facts, formats, blocks.source(), kernels_of(this_cpu()), pool);
  ASSERT_TRUE(weights) << weights.error();
  ForwardPass pass(shape, facts, *weights, make_cache(shape, tokens, 0, 1).value(), this_cpu(), pool);
  double last = 0;
  for (uint32_t i = 0; i < tokens; ++i) {
    pass.step(token_at(i), ForwardPass::Output::logits);
    last = difference(pass.logits(), reference.step(token_at(i), i));
  }
  EXPECT_GT(last, 0.02);
}

TEST(Forward, WhatIsNotComputedIsRefusedWithWhatIs) {
  for (const char* name : {"mixtral-8x7b", "phi-3-mini", "gemma-2-2b", "mamba-130m", "bert-base", "gpt2"}) {
    const ModelShape* shape = find_model(name);
    ASSERT_NE(shape, nullptr) << name;
    const auto facts = forward_facts(*shape, nullptr);
    ASSERT_FALSE(facts) << name;
    EXPECT_NE(facts.error().find("supported are llama, qwen2, qwen3, gemma, gemma3"), std::string::npos)
        << facts.error();
  }
}

TEST(Forward, ATensorWithoutAPlaceOrOfAnotherSizeIsRefused) {
  ModelShape shape = *find_model("stories260k");
  const std::vector<FormatId> formats = computed_formats(shape, file_format_of(FileFormatId::f32));
  const ForwardFacts facts = forward_facts(shape, nullptr).value();
  ThreadPool pool(1);
  ModelShape strange = shape;
  strange.tensors[1].name = "blk.0.attn_sinks.weight";
  const auto placeless = forward_weight_bytes(strange, formats);
  ASSERT_FALSE(placeless);
  EXPECT_NE(placeless.error().find("attn_sinks"), std::string::npos) << placeless.error();
  strange = shape;
  for (Tensor& tensor : strange.tensors)
    if (tensor.role == TensorRole::attn_k) tensor.rows *= 2;
  const auto large =
      load_weights(strange, facts, formats, synthetic_tensors(1), kernels_of(this_cpu()), pool);
  ASSERT_FALSE(large);
  EXPECT_NE(large.error().find("blk.0.attn_k.weight"), std::string::npos) << large.error();
}

TEST(Forward, HalvesAreTheNearest) {
  std::vector<float> values;
  for (int i = 0; i < 1003; ++i) values.push_back(std::ldexp(1.0F + i * 0x1p-13F, i % 40 - 25));
  std::vector<uint16_t> halves(values.size());
  store_halves(values.data(), halves.data(), static_cast<uint32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(halves[i], float_to_half(values[i])) << values[i];
}

}  // namespace
}  // namespace weighin
