#include "results/accuracy/predicted_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "results/spec/prediction.h"
#include "results/text/csv_field.h"

namespace weighin {
std::string predicted_csv(const PublishedTable& table) {
  constexpr size_t usual_row_bytes = 160;
  SpecReader reader;
  std::string csv = "row,tg_tps,tg_low,tg_high,pp_tps,pp_low,pp_high,mem_gib,basis,why\n";
  csv.reserve(csv.size() + usual_row_bytes * table.rows().size());
  size_t index = 0;
  for (const PublishedRow& row : table.rows()) {
    const auto features = reader.read(row);
    if (!features) {
      fmt::format_to(std::back_inserter(csv), "{},,,,,,,,,{}\n", index++, csv_field(features.error()));
      continue;
    }
    const SpecPrediction p = predict_from_specs(*features);
    fmt::format_to(std::back_inserter(csv), "{},{:.4g},{:.4g},{:.4g},{:.5g},{:.5g},{:.5g},{:.3f},{},\n",
                   index++, p.decode_tps.mid, p.decode_tps.low, p.decode_tps.high, p.prefill_tps.mid,
                   p.prefill_tps.low, p.prefill_tps.high, p.memory_gib, csv_field(p.basis));
  }
  return csv;
}

}  // namespace weighin
