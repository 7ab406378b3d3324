#include "kernels/vulkan/device/khr_matrices.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string_view>

namespace weighin {
namespace {

using Words = std::span<const uint32_t>;

// Numbers of the SPIR-V registry (spirv.core.grammar.json). The headers of Debian 12 have those of NVIDIA's
// extension, but not those of Khronos's.
constexpr uint32_t header_words = 5, bound_word = 3;
constexpr uint32_t op_extension = 10, op_capability = 17, op_type_int = 21, op_constant_true = 41,
                   op_constant = 43;
constexpr uint32_t nv_type = 5358, nv_load = 5359, nv_store = 5360, nv_multiply_add = 5361, nv_length = 5362;
constexpr uint32_t khr_type = 4456, khr_load = 4457, khr_store = 4458, khr_multiply_add = 4459,
                   khr_length = 4460;
constexpr uint32_t nv_capability = 5357, khr_capability = 6022;
constexpr std::string_view nv_extension = "SPV_NV_cooperative_matrix",
                           khr_extension = "SPV_KHR_cooperative_matrix";
/// Instructions of these shaders that have a result: their first operand is its type, the second its id.
const std::set<uint32_t> with_type{1, 44, 51, 55, 57, 61, 80, 81, 83, 245, nv_load, nv_multiply_add};
/// The uses of a KHR matrix type, and the layouts in memory (row by row, column by column), are small
/// numbers.
enum Use : uint32_t { factor_a, factor_b, sum };
constexpr uint32_t numbers = 3;

/// Calls see(opcode, operands) for every instruction. An instruction that ends past the words ends the walk.
template <class See>
void each_instruction(Words words, const See& see) {
  for (size_t at = header_words; at < words.size();) {
    const uint32_t count = words[at] >> 16, opcode = words[at] & 0xffff;
    if (count == 0 || at + count > words.size()) return;
    see(opcode, words.subspan(at + 1, count - 1));
    at += count;
  }
}

/// What must be known of the shader before it is rewritten.
struct ModuleFacts {
  std::map<uint32_t, uint32_t> type_of;  // of values
  std::map<uint32_t, Use> use_of;        // of matrix types
  std::optional<uint32_t> unsigned_type;
  std::set<uint32_t> column_by_column;  // constants that are true
};

ModuleFacts read(Words words) {
  ModuleFacts facts;
  each_instruction(words, [&](uint32_t opcode, Words w) {
    if (opcode == op_type_int && w[1] == 32 && w[2] == 0) facts.unsigned_type = w[0];
    if (opcode == op_constant_true) facts.column_by_column.insert(w[1]);
    if (with_type.count(opcode)) facts.type_of[w[1]] = w[0];
  });
  each_instruction(words, [&](uint32_t opcode, Words w) {
    if (opcode != nv_multiply_add) return;
    facts.use_of[facts.type_of[w[2]]] = factor_a;
    facts.use_of[facts.type_of[w[3]]] = factor_b;
    facts.use_of[w[0]] = sum;
  });
  return facts;
}

std::vector<uint32_t> packed(std::string_view text) {
  std::vector<uint32_t> words(text.size() / sizeof(uint32_t) + 1);  // with the terminating zero
  std::memcpy(words.data(), text.data(), text.size());
  return words;
}

/// Writes a shader's words, one instruction after another.
class Writer {
 public:
  Writer(Words words, const ModuleFacts& facts)
      : facts_(facts), out_(words.begin(), words.begin() + header_words) {
    first_number_ = out_[bound_word];
    out_[bound_word] += numbers;
  }

  void write(uint32_t opcode, Words w) {
    const auto rest = [&](size_t from) { return w.subspan(std::min(from, w.size())); };
    switch (opcode) {
      case op_capability:
        return put(opcode, {w[0] == nv_capability ? khr_capability : w[0]});
      case op_extension: {
        const bool nv = std::string_view(reinterpret_cast<const char*>(w.data())) == nv_extension;
        return nv ? put(opcode, {}, packed(khr_extension)) : put(opcode, {}, w);
      }
      case nv_type: {
        put_numbers();
        const auto use = facts_.use_of.find(w[0]);
        return put(khr_type,
                   {w[0], w[1], w[2], w[3], w[4], number(use == facts_.use_of.end() ? sum : use->second)});
      }
      case nv_load:
        return put(khr_load, {w[0], w[1], w[2], layout(w[4]), w[3]}, rest(5));
      case nv_store:
        return put(khr_store, {w[0], w[1], layout(w[3]), w[2]}, rest(4));
      case nv_multiply_add:
        return put(khr_multiply_add, {}, w);
      case nv_length:
        return put(khr_length, {}, w);
      default:
        return put(opcode, {}, w);
    }
  }

  std::vector<uint32_t> take() { return std::move(out_); }

 private:
  uint32_t number(uint32_t value) const { return first_number_ + value; }
  uint32_t layout(uint32_t by_columns) const { return number(facts_.column_by_column.count(by_columns)); }

  void put(uint32_t opcode, std::initializer_list<uint32_t> first, Words rest = {}) {
    out_.push_back(static_cast<uint32_t>(1 + first.size() + rest.size()) << 16 | opcode);
    out_.insert(out_.end(), first);
    out_.insert(out_.end(), rest.begin(), rest.end());
  }

  /// Writes the constants 0, 1 and 2, before the first type that refers to one. Their own type stands before
  /// them.
  void put_numbers() {
    if (numbers_put_) return;
    numbers_put_ = true;
    for (uint32_t value = 0; value < numbers; ++value)
      put(op_constant, {facts_.unsigned_type.value_or(0), number(value), value});
  }

  const ModuleFacts& facts_;
  std::vector<uint32_t> out_;
  uint32_t first_number_ = 0;
  bool numbers_put_ = false;
};

}  // namespace

std::vector<uint32_t> with_khr_matrices(std::span<const uint32_t> words) {
  const ModuleFacts facts = read(words);
  if (facts.use_of.empty()) return {words.begin(), words.end()};
  Writer writer(words, facts);
  each_instruction(words, [&](uint32_t opcode, Words w) { writer.write(opcode, w); });
  return writer.take();
}

}  // namespace weighin
