// Fit: from bytes and measurements to a verdict, one a model.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/memory/memory.h"
#include "models/shape/shape.h"
#include "results/capacity/capacity.h"
#include "results/capacity/placement.h"
#include "results/measured/cost_model.h"
#include "results/measured/term.h"
#include "results/records/measurement.h"
#include "results/store/store.h"
#include "results/text/interval.h"

namespace weighin {

enum class Answer : uint8_t { runs_well, runs, slow, does_not_fit, unknown };
std::string_view answer_name(Answer answer);  // "runs well", "runs", "slow", "does not fit", "unknown"
bool runs(Answer answer);                     // well, or at all

/// What is asked of every model.
struct Question {
  std::optional<FileFormatId> format;  // none: the best one (best_format's rule)
  uint32_t context = 0;                // 0: min(4096, the model's maximum)
  uint32_t prompt = 512;
  uint32_t answer = 256;
  std::optional<double> min_tps;   // in place of the table's tokens/s line for `runs` and `runs well`
  bool allow_low_bit = false;      // formats under 4 bits may be chosen
  FormatId cache = FormatId::f16;  // of the KV cache, keys and values
  std::string engine = std::string(llamacpp_engine);  // whose speed: one of known_engines()
  PlaceAsked place = PlaceAsked::automatic;           // where layers may lie, on a device that was measured
};

/// The limit that binds, as arithmetic.
struct Limit {
  /// "RAM", "cgroup", "VRAM", "storage", "speed", "context", "none", "unknown"; "maxStorageBufferRange",
  /// "maxMemoryAllocationSize", "maxMemoryAllocationCount" of a GPU's driver.
  std::string kind;
  double needed = 0;  // bytes, or tokens/s, ...
  double usable = 0;
  std::string text;  // "needs 4.9 GiB, 3.1 GiB available: RAM"
};

/// A placement that was weighed beside the one that is answered with.
struct OtherPlacement {
  std::string placement;
  std::optional<bool> fits;
  std::optional<Interval> decode_tps, encode_ms, ttft_s;
  std::string text;  // what keeps it from fitting, or from being predicted; empty where neither
};

struct Verdict {
  std::string model;
  std::string size_class;
  uint64_t params = 0;
  uint64_t active_params = 0;
  std::string format;          // file format's name
  double bits_per_weight = 0;  // nominal: of most matrices
  Task task = Task::chat;
  std::optional<bool> fits;  // none: unknown
  Answer answer = Answer::unknown;
  bool borderline = false;
  /// What the answer would be with every speed at that end of its 80% interval.
  Answer at_slow_end = Answer::unknown, at_fast_end = Answer::unknown;
  Limit limit;
  MemoryUse memory;
  uint64_t download_bytes = 0;
  std::optional<Interval> decode_tps, prefill_tps, encode_ms, ttft_s;
  std::optional<double> load_s;
  uint32_t context = 0;
  uint32_t prompt = 0;
  uint32_t max_context = 0;                            // the largest that fits
  std::string basis;                                   // "measured", or why not
  std::string engine;                                  // whose speed
  EfficiencyBasis efficiency = EfficiencyBasis::none;  // of the engine, and where it is from, as words
  std::string efficiency_source;
  /// Where the layers lie, as placement_name and placement_sign say; of a device known by its specs the part.
  std::string placement, placement_sign;
  std::optional<Placement> layout;  // of a device that was measured
  std::vector<OtherPlacement> others;
  std::vector<std::string> warnings;
  std::vector<Term> terms;
};

/// The context answered for where `asked` (0: none) is asked: never above the model's maximum.
uint32_t answered_context(const ModelShape& shape, uint32_t asked);

/// The verdict on one model, on the fastest placement that fits.
Verdict fit(const ModelShape& shape, const Question& question, const Capacity& capacity,
            const CostModel& costs);

/// The lines between verdicts, with their sources, as text for --help and reports.
std::string verdict_rules();

struct CpuOrGpu;

/// {schema_version, device, engine, context, prompt, accuracy, gpus, cpu_or_gpu, verdicts: [...]}.
/// `accuracy`: how right such answers are (results/accuracy/accuracy.h), a line; `compared`: of
/// results/fit/cpu_or_gpu.h.
std::string verdicts_json(std::span<const Verdict> verdicts, const Capacity& capacity,
                          const Question& question, const std::string& accuracy,
                          std::span<const CpuOrGpu> compared = {});
/// One row a verdict, RFC 4180.
std::string verdicts_csv(std::span<const Verdict> verdicts);
/// For a terminal `columns` wide: a table with what keeps each model from running well, or the `whole` of
/// each verdict (`explain`: term by term); then assumptions, `accuracy` as above, and warnings.
std::string verdicts_text(std::span<const Verdict> verdicts, const Capacity& capacity,
                          const Question& question, const std::string& accuracy, bool explain,
                          unsigned columns, bool whole = false, std::span<const CpuOrGpu> compared = {});

}  // namespace weighin
