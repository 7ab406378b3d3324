// Small operations of llama.cpp's graph: norms, positions, activations, sums, rows that are looked up or
// written.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "harness/engines/ggml/timed_graphs.h"
#include "kernels/formats/half.h"
#include "kernels/operands/norm_epsilon.h"
#include "kernels/reference/elementwise.h"
#include "kernels/reference/matrix.h"

namespace weighin {
namespace {

constexpr uint32_t sampled_outputs = 64;
constexpr float rope_base = 10000;
constexpr int rope_halves = 2;  // GGML_ROPE_TYPE_NEOX: the two values of a pair lie half a head apart
/// Judgement: a few roundings of f32, exponentials to a few units in the last place, and a sum over a row.
constexpr double row_tolerance = 0x1p-12;
/// llama.cpp looks GELU and SiLU of some builds up in tables of halves: an error of 2^-11 of argument and
/// result.
constexpr double table_tolerance = 4 * 0x1p-11;
/// llama.cpp makes the angle of pair j from that of pair j - 1, in f32. Two roundings a step put position x
/// base^(-2j/k) off by up to 2 (j + 2) 2^-24 of it, which is largest near j = 5 for heads of 128: 7 x 2^-24
/// of the position, in radians.
constexpr double angle_tolerance = 7 * 0x1p-24;

tl::unexpected<std::string> no_memory() {
  return tl::unexpected(std::string("llama.cpp's library has too little memory for activations"));
}

double relative(double found, const ReferenceValue& reference) {
  return std::fabs(found - reference.value) / std::max(reference.size, 0x1p-60);
}

}  // namespace

TimedGraphs::Made TimedGraphs::rows(const Problem& p) {
  RowOperands operands = row_operands(
      {.op = p.op == Op::add ? Op::swiglu : p.op, .m = p.m, .n = p.n, .k = p.k}, Data::ordinary, bench_.seed);
  const uint64_t values = operands.rows * p.k;
  const auto floats = [](const Floats& of) { return std::vector<float>(of.begin(), of.end()); };
  const bool rotates = p.op == Op::rope;
  const int64_t k = p.k, n = std::max(1U, p.n), heads = static_cast<int64_t>(p.m);
  GgmlTensor* a = input(rotates ? ggml_.new_tensor_3d(*scope_, ggml_f32, k, heads, n)
                                : ggml_.new_tensor_2d(*scope_, ggml_f32, k, n),
                        floats(operands.a));
  GgmlTensor* b = nullptr;
  GgmlTensor* c = nullptr;
  if (rotates) {
    std::vector<int32_t> positions(static_cast<size_t>(n));
    for (size_t i = 0; i < positions.size(); ++i) positions[i] = static_cast<int32_t>(i) + 3;
    b = input(ggml_.new_tensor_1d(*scope_, ggml_i32, n), positions);
    // The reference takes the angles' cosines and sines.
    for (uint64_t token = 0; token < positions.size(); ++token) {
      for (uint32_t pair = 0; pair < p.k / 2; ++pair) {
        const double angle = positions[token] * std::pow(rope_base, -2.0 * pair / p.k);
        operands.b[token * (p.k / 2) + pair] = static_cast<float>(std::cos(angle));
        operands.c[token * (p.k / 2) + pair] = static_cast<float>(std::sin(angle));
      }
    }
  } else {
    const bool vector = p.op == Op::rms_norm || p.op == Op::layer_norm;
    const auto second = [&](const Floats& of) {
      std::vector<float> row = floats(of);
      if (vector) row.resize(p.k);
      return input(ggml_.new_tensor_2d(*scope_, ggml_f32, k, vector ? 1 : n), row);
    };
    b = second(operands.b);
    if (p.op == Op::layer_norm) c = second(operands.c);
  }
  if (a == nullptr || b == nullptr) return no_memory();
  if (auto taken = take_slots(values * sizeof(float)); !taken) return taken;
  GgmlTensor* first = nullptr;
  auto made = fill_graphs([&](uint32_t i) -> GgmlTensor* {
    GgmlTensor* result = nullptr;
    void* piece = i == 0 ? bench_.activations.take(values * sizeof(float)) : slot(i);
    if (piece == nullptr) return nullptr;
    const auto over = [&](GgmlTensor* tensor) {
      bench_.activations.place(tensor, piece);
      return tensor;
    };
    switch (p.op) {
      case Op::rms_norm:
        result = over(ggml_.mul(*scope_, over(ggml_.rms_norm(*scope_, a, norm_epsilon)), b));
        break;
      case Op::layer_norm:
        result = over(ggml_.mul(*scope_, over(ggml_.norm(*scope_, a, norm_epsilon)), b));
        result = over(ggml_.add(*scope_, result, c));
        break;
      case Op::rope:
        result = over(ggml_.rope_ext(*scope_, a, b, nullptr, static_cast<int>(p.k), rope_halves, 4096,
                                     rope_base, 1, 0, 1, 32, 1));
        break;
      case Op::softmax:
        result = over(ggml_.soft_max(*scope_, a));
        break;
      case Op::swiglu:
        result = over(ggml_.swiglu_split(*scope_, a, b));
        break;
      case Op::gelu:
        result = over(ggml_.gelu(*scope_, a));
        break;
      case Op::add:
        result = over(ggml_.add(*scope_, a, b));
        break;
      default:
        return nullptr;
    }
    if (i == 0) first = result;
    return result;
  });
  if (!made) return made;
  check_ = [this, p, operands, first, values] {
    const std::vector<float> found = results(first, values);
    if (p.op == Op::add) {
      return check_outputs(values, sampled_outputs, 0x1p-23, [&](uint64_t at) {
        const double x = operands.a[at], y = operands.b[at];
        return relative(found[at], {x + y, std::fabs(x) + std::fabs(y)});
      });
    }
    double tolerance = row_tolerance;
    if (p.op == Op::gelu || p.op == Op::swiglu) tolerance = table_tolerance;
    if (p.op == Op::rope) tolerance += angle_tolerance * (p.n + 3);  // the last position
    return check_rows(operands, found, Denormals::kept_or_zero, tolerance, sampled_outputs);
  };
  return {};
}

TimedGraphs::Made TimedGraphs::embedding(const Problem& p) {
  GgmlBufferType* plain = bench_.side.layouts.back();
  if (auto filled = bench_.weights.fill(p.format, plain); !filled) return filled;
  layout_ = ggml_.buft_name(plain);
  const uint64_t bytes = row_bytes(p.format, p.k) * p.m, values = uint64_t{p.n} * p.k;
  const std::vector<std::byte> blocks = random_weights(p.format, bytes, bench_.seed + 1);
  Random random(bench_.seed);
  std::vector<int32_t> tokens(p.n);
  for (int32_t& token : tokens) token = static_cast<int32_t>(random() % p.m);
  GgmlTensor* chosen = input(ggml_.new_tensor_1d(*scope_, ggml_i32, p.n), tokens);
  if (chosen == nullptr) return no_memory();
  if (auto taken = take_slots(values * sizeof(float)); !taken) return taken;
  GgmlTensor* first = nullptr;
  auto made = fill_graphs([&](uint32_t i) -> GgmlTensor* {
    GgmlTensor* table = ggml_.new_tensor_2d(*scope_, static_cast<int>(format_of(p.format).gguf_type), p.k,
                                            static_cast<int64_t>(p.m));
    if (!bench_.weights.place_next(table, bytes)) return static_cast<GgmlTensor*>(nullptr);
    if (i == 0) ggml_.tensor_set(table, blocks.data(), 0, bytes);
    GgmlTensor* rows = ggml_.get_rows(*scope_, table, chosen);
    if (i == 0) first = rows;
    return place(rows, i == 0 ? nullptr : slot(i)) ? rows : nullptr;
  });
  if (!made) return made;
  check_ = [this, p, blocks, tokens, first, values] {
    const std::vector<float> found = results(first, values);
    return check_outputs(values, sampled_outputs, 0x1p-20, [&](uint64_t at) {
      const auto token = static_cast<uint64_t>(tokens[at / p.k]);
      const ReferenceRow row = reference_row(p.format, blocks.data() + token * row_bytes(p.format, p.k), p.k);
      return relative(found[at], {row.values[at % p.k], row.sizes[at % p.k]});
    });
  };
  return {};
}

TimedGraphs::Made TimedGraphs::cache_write(const Problem& p) {
  GgmlBufferType* plain = bench_.side.layouts.back();
  if (auto filled = bench_.weights.fill(FormatId::f16, plain); !filled) return filled;
  layout_ = ggml_.buft_name(plain);
  const uint64_t values = uint64_t{p.n} * p.k;
  constexpr int64_t cells = 1024;
  const Floats random = operand_rows(values, p.k, 6, Data::ordinary, bench_.seed);
  const std::vector<float> x(random.begin(), random.end());
  GgmlTensor* of = input(ggml_.new_tensor_2d(*scope_, ggml_f32, p.k, p.n), x);
  std::vector<int64_t> at(p.n);
  for (size_t i = 0; i < at.size(); ++i) at[i] = static_cast<int64_t>(i) + 17;
  GgmlTensor* rows = input(ggml_.new_tensor_1d(*scope_, ggml_i64, p.n), at);
  if (of == nullptr || rows == nullptr) return no_memory();
  GgmlTensor* first = nullptr;
  auto made = fill_graphs([&](uint32_t i) -> GgmlTensor* {
    GgmlTensor* cache = ggml_.new_tensor_2d(*scope_, ggml_f16, p.k, cells);
    if (!bench_.weights.place_next(cache, ggml_.nbytes(cache))) return static_cast<GgmlTensor*>(nullptr);
    if (i == 0) first = cache;
    GgmlTensor* written = ggml_.set_rows(*scope_, cache, of, rows);
    ggml_.view_init(written);
    return written;
  });
  if (!made) return made;
  check_ = [this, p, x, at, first, values] {
    std::vector<uint16_t> found(static_cast<uint64_t>(cells) * p.k);
    ggml_.tensor_get(first, found.data(), 0, found.size() * sizeof(uint16_t));
    return check_outputs(values, sampled_outputs, 0x1p-10, [&](uint64_t i) {
      const uint64_t cell = static_cast<uint64_t>(at[i / p.k]) * p.k + i % p.k;
      return relative(half_to_float(found[cell]), {x[i], std::fabs(x[i])});
    });
  };
  return {};
}

}  // namespace weighin
