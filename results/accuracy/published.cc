#include "results/accuracy/published.h"

#include <cassert>
#include <utility>

#include "results/spec/prediction.h"

namespace weighin {

std::span<const std::pair<std::string_view, std::string_view>> published_files();  // rows.csv

namespace {

std::string or_unstated(std::string_view text) {
  return text.empty() ? "not stated" : std::string(text);
}

}  // namespace

bool is_doubtful(const PublishedRow& row) {
  return row.note.starts_with("doubtful: ");
}

const PublishedTable& shipped_rows() {
  static const PublishedTable table = [] {
    const auto& [name, text] = published_files().front();
    auto read = PublishedTable::read(std::string(text), std::string(name));
    assert(read);  // a test reads it
    return std::move(*read);
  }();
  return table;
}

std::vector<AccuracyLine> accuracy_of_rows(const PublishedTable& table, const RowChoice& choice) {
  SpecReader reader;
  std::vector<Scored> scored;
  for (const PublishedRow& row : table.rows()) {
    if (!row.error.empty()) continue;
    if (!choice.split.empty() && row.split != choice.split) continue;
    if (!choice.doubtful && is_doubtful(row)) continue;
    const auto features = reader.read(row);
    const SpecPrediction p = features ? predict_from_specs(*features) : SpecPrediction{};
    const auto quant = quant_of_name(row.quant);
    const Scored common{
        .quantity = {},
        .unit = std::string(row.device),
        .groups = {{"class", or_unstated(row.chip_class)},
                   {"format", quant ? std::string(kind_name(quant->kind)) : "not stated"}},
    };
    add_scored(scored, common, Quantity::decode, row.tg_tps.value_or(0), p.decode_tps);
    add_scored(scored, common, Quantity::prefill, row.pp_tps.value_or(0), p.prefill_tps);
    add_scored(scored, common, Quantity::memory, row.mem_gib_used.value_or(0), {0, p.memory_gib, 0});
  }
  return accuracy_of(scored);
}

}  // namespace weighin
