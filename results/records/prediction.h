// A prediction: how fast one model in one format runs on one device, whatever it was predicted from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/records/term.h"
#include "results/text/interval.h"

namespace weighin {

/// Tokens of the text that an encoder is timed on: MLPerf inference's maximum sequence length for BERT
/// (SQuAD).
inline constexpr uint32_t encoder_tokens = 384;

/// Where the efficiency of an engine comes from.
enum class EfficiencyBasis : uint8_t {
  none,        // the reference kernels themselves
  shipped,     // measured elsewhere (results/measured/engines/*.inc)
  stand_in,    // shipped for another family of processors
  learned,     // shipped, corrected by runs of the engine on this device
  measured,    // the engine's own kernels were timed on this device
  unmeasured,  // the reference kernels' own seconds stand for an engine that was never timed beside them
};
std::string_view efficiency_basis_name(EfficiencyBasis basis);

/// Speeds as 80% intervals; a speed that is not known is empty, and `basis` says why.
struct Prediction {
  std::optional<Interval> decode_tps, prefill_tps;  // tokens/s
  std::optional<Interval> encode_ms;                // milliseconds a text of encoder_tokens
  std::optional<Interval> audio_s_per_s;            // a speech model's: seconds of audio in a second
  std::optional<Interval> ttft_s;                   // seconds to the first token
  std::optional<double> load_s;                     // seconds to read the weights
  bool from_other_format = false;                   // its own products were not measured
  std::string basis;                                // what the speeds stand on, in words
  std::string engine;                               // whose speed it is
  EfficiencyBasis efficiency = EfficiencyBasis::none;
  std::string efficiency_source;  // the efficiency of the engine, and where it is from, in words
  std::vector<Term> terms;        // of every phase, for --explain
};

}  // namespace weighin
