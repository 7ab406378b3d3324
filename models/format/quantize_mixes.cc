#include "models/format/quantize_mixes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace weighin {
namespace {

using enum FileFormatId;

/// The conditions that a row can name. All conditions of a row must hold.
enum Condition : uint32_t {
  always = 0,
  falcon = 1 << 0,
  not_falcon = 1 << 1,
  eight_experts = 1 << 2,
  four_experts = 1 << 3,  // four or more
  wide_groups = 1 << 4,   // at least four query heads per key-value head, so the matrix of values is small
  no_imatrix = 1 << 5,
  imatrix = 1 << 6,
  first_two = 1 << 7,
  first_four = 1 << 8,
  first_sixteenth = 1 << 9,
  first_eighth = 1 << 10,
  middle = 1 << 11,     // in neither the first nor the last eighth
  sensitive = 1 << 12,  // in the first or the last eighth, or every third matrix between them
};

constexpr Condition operator|(Condition a, Condition b) {
  return static_cast<Condition>(static_cast<uint32_t>(a) | static_cast<uint32_t>(b));
}

uint32_t conditions(const MixModel& model, MixPlace place) {
  const uint32_t i = place.index, eighth = place.count / 8, last = 7 * place.count / 8;
  const auto bit = [](bool holds, Condition condition) { return holds ? uint32_t{condition} : 0u; };
  return bit(model.falcon, falcon) | bit(!model.falcon, not_falcon) | bit(model.experts == 8, eight_experts) |
         bit(model.experts >= 4, four_experts) | bit(model.query_group >= 4, wide_groups) |
         bit(!model.imatrix, no_imatrix) | bit(model.imatrix, imatrix) | bit(i < 2, first_two) |
         bit(i < 4, first_four) | bit(i < place.count / 16, first_sixteenth) | bit(i < eighth, first_eighth) |
         bit(i >= eighth && i < last, middle) |
         bit(i < eighth || i >= last || (i - eighth) % 3 == 2, sensitive);
}

struct Mixes {
  std::array<FileFormatId, 11> ids{};
  size_t count = 0;  // 0: every mix
  constexpr bool contains(FileFormatId id) const {
    return count == 0 || std::find(ids.begin(), ids.begin() + count, id) != ids.begin() + count;
  }
};

template <class... Ids>
constexpr Mixes of(Ids... ids) {
  return {{ids...}, sizeof...(ids)};
}

constexpr Mixes every{};
constexpr Mixes tiny = of(iq1_s, iq1_m, iq2_xxs, iq2_xs, iq2_s, iq2_m);

struct Row {
  Mixes mixes;
  MixPart part;
  Condition when;
  FormatId format;  // none: the format of most matrices
};

// The first row whose mix, part and conditions all hold decides. Where no row does, the matrix has the format
// of most matrices. The rows follow llama.cpp v0.5.0's quantizer (src/llama-quant.cpp, read 2026-11-24);
// tests/engine/quantize.test.mjs compares them with the quantizer itself.
constexpr Row rows[] = {
    {of(iq1_s, iq1_m, iq2_xxs, iq2_xs), MixPart::embedding, always, FormatId::q2_K},
    {of(iq2_s, iq2_m, iq3_xxs), MixPart::embedding, always, FormatId::iq3_s},
    {of(tq1_0, tq2_0, q2_0), MixPart::embedding, always, FormatId::q4_K},

    {tiny, MixPart::values, wide_groups, FormatId::q4_K},
    {tiny, MixPart::values, four_experts, FormatId::q4_K},
    {of(iq2_s, iq2_m), MixPart::values, always, FormatId::iq3_s},
    {tiny, MixPart::values, always, FormatId::q2_K},
    {tiny, MixPart::keys, eight_experts, FormatId::q4_K},
    {of(iq2_s, iq2_m), MixPart::down, first_eighth, FormatId::iq3_s},
    {tiny, MixPart::down, first_eighth, FormatId::q2_K},
    {tiny, MixPart::attention_output, eight_experts, FormatId::q5_K},
    {of(iq1_s, iq1_m), MixPart::attention_output, always, FormatId::iq2_xxs},
    {of(iq2_s, iq2_m), MixPart::attention_output, always, FormatId::iq3_s},

    {every, MixPart::values, eight_experts, FormatId::q8_0},
    {of(q2_K, q2_K_S, iq3_xxs, iq3_xs, iq3_s), MixPart::values, wide_groups, FormatId::q4_K},
    {of(q2_K), MixPart::values, always, FormatId::q3_K},
    {of(iq3_xxs), MixPart::values, no_imatrix, FormatId::iq3_s},
    {of(iq3_m), MixPart::values, always, FormatId::q4_K},
    {of(q3_K_M), MixPart::values, first_two, FormatId::q5_K},
    {of(q3_K_M), MixPart::values, always, FormatId::q4_K},
    {of(q3_K_L), MixPart::values, always, FormatId::q5_K},
    {of(iq4_nl, iq4_xs), MixPart::values, wide_groups, FormatId::q5_K},
    {of(q4_K_M, q5_K_M), MixPart::values, sensitive, FormatId::q6_K},
    {of(q4_K_S), MixPart::values, first_four, FormatId::q5_K},

    {every, MixPart::keys, eight_experts, FormatId::q8_0},
    {of(iq3_xs), MixPart::keys, always, FormatId::iq3_xxs},
    {of(iq3_xxs), MixPart::keys, always, FormatId::iq2_s},
    {of(iq3_xs), MixPart::queries, always, FormatId::iq3_xxs},
    {of(iq3_xxs), MixPart::queries, always, FormatId::iq2_s},

    {of(q2_K, iq3_xs, iq3_xxs, iq3_s, iq3_m, q3_K_S, q3_K_M, q4_K_S, q4_K_M, iq4_nl, iq4_xs),
     MixPart::attention_output, not_falcon | eight_experts, FormatId::q5_K},
    {every, MixPart::attention_output, not_falcon | eight_experts, FormatId::none},
    {of(q2_K), MixPart::attention_output, not_falcon, FormatId::q3_K},
    {of(iq3_xxs), MixPart::attention_output, not_falcon, FormatId::iq3_s},
    {of(q3_K_M, iq3_m), MixPart::attention_output, not_falcon, FormatId::q4_K},
    {of(q3_K_L), MixPart::attention_output, not_falcon, FormatId::q5_K},
    {of(q3_K_L), MixPart::attention_output, falcon, FormatId::q4_K},

    {of(iq3_xs), MixPart::gate, middle, FormatId::iq3_xxs},
    {of(iq3_xs), MixPart::up, middle, FormatId::iq3_xxs},

    {of(q2_K), MixPart::down, always, FormatId::q3_K},
    {of(q2_K_S), MixPart::down, first_eighth, FormatId::q4_K},
    {of(iq3_xxs), MixPart::down, no_imatrix | first_eighth, FormatId::q4_K},
    {of(iq3_xxs), MixPart::down, no_imatrix, FormatId::q3_K},
    {of(iq3_m), MixPart::down, first_eighth, FormatId::q4_K},
    {of(iq3_m), MixPart::down, eight_experts | sensitive, FormatId::q4_K},
    {of(q3_K_M), MixPart::down, first_sixteenth, FormatId::q5_K},
    {of(q3_K_M), MixPart::down, not_falcon, FormatId::q4_K},
    {of(q3_K_M), MixPart::down, falcon | sensitive, FormatId::q4_K},
    {of(q3_K_L), MixPart::down, falcon, FormatId::q4_K},
    {of(q3_K_L), MixPart::down, not_falcon, FormatId::q5_K},
    {of(iq4_nl, iq4_xs), MixPart::down, no_imatrix | first_eighth, FormatId::q5_K},
    {of(q4_K_S), MixPart::down, not_falcon | first_eighth, FormatId::q5_K},
    {of(q4_K_M), MixPart::down, falcon | first_sixteenth, FormatId::q6_K},
    {of(q4_K_M), MixPart::down, falcon | sensitive, FormatId::q5_K},
    {of(q4_K_M), MixPart::down, not_falcon | sensitive, FormatId::q6_K},
    {of(q5_K_M), MixPart::down, sensitive, FormatId::q6_K},
    {of(q4_0), MixPart::down, imatrix | first_eighth, FormatId::q4_1},
    {of(q5_0), MixPart::down, imatrix | first_eighth, FormatId::q5_1},
};

/// Fragments of tensor names, in the order in which they are tried.
constexpr std::pair<std::string_view, MixPart> parts[] = {
    {"attn_qkv.weight", MixPart::values},
    {"attn_kv_b.weight", MixPart::values},
    {"attn_v.weight", MixPart::values},
    {"attn_k.weight", MixPart::keys},
    {"attn_q.weight", MixPart::queries},
    {"attn_output.weight", MixPart::attention_output},
    {"ffn_up", MixPart::up},
    {"ffn_gate", MixPart::gate},
    {"ffn_down", MixPart::down},
};

}  // namespace

MixPart mix_part(std::string_view name) {
  if (name == "output.weight") return MixPart::output;
  if (name == "token_embd.weight" || name == "per_layer_token_embd.weight") return MixPart::embedding;
  for (const auto& [fragment, part] : parts)
    if (name.find(fragment) != std::string_view::npos) return part;
  return MixPart::other;
}

FormatId mixed_format(const FileFormat& mix, MixPart part, const MixModel& model, MixPlace place) {
  const uint32_t hold = conditions(model, place);
  FormatId chosen = mix.base;
  for (const Row& row : rows) {
    if (row.part != part || (row.when & ~hold) != 0 || !row.mixes.contains(mix.id)) continue;
    if (row.format != FormatId::none) chosen = row.format;
    break;
  }
  const bool coarse = chosen == FormatId::q3_K || chosen == FormatId::q4_K;
  if (model.llama_70b && part == MixPart::values && coarse && !tiny.contains(mix.id)) return FormatId::q5_K;
  return chosen;
}

bool counts_matrices(FileFormatId mix) {
  return tiny.contains(mix);
}

FormatId output_format(const FileFormat& mix, bool falcon, uint64_t cols) {
  if (mix.id == mxfp4_moe || falcon || cols % format_of(mix.base).block_values != 0) return FormatId::q8_0;
  if (tiny.contains(mix.id) || mix.id == iq3_xxs) return FormatId::q5_K;
  return mix.base == FormatId::q8_0 ? FormatId::q8_0 : FormatId::q6_K;
}

bool made_with_imatrix(FileFormatId mix) {
  return tiny.contains(mix) || of(q2_K_S, iq3_xxs, iq3_xs, iq4_xs, iq4_nl).contains(mix);
}

bool mixes_kernel_formats(const FileFormat& mix) {
  constexpr uint32_t unusual = falcon | eight_experts | four_experts;
  const uint32_t given = made_with_imatrix(mix.id) ? no_imatrix : imatrix;  // the condition that never holds
  return format_of(mix.base).kernel && std::all_of(std::begin(rows), std::end(rows), [&](const Row& row) {
           if (row.format == FormatId::none || row.mixes.count == 0 || !row.mixes.contains(mix.id))
             return true;
           return (row.when & (unusual | given)) != 0 || format_of(row.format).kernel;
         });
}

}  // namespace weighin
