// How right predictions are: measured numbers beside what was predicted of them, as an error table.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "results/accuracy/published.h"
#include "results/records/verification.h"

namespace weighin {

/// One measured number and what was predicted for it.
struct Scored {
  std::string phase;  // "decode", "prefill", "memory"
  std::string unit;   // what counts once, however many of its numbers there are: a device
  std::vector<std::pair<std::string, std::string>> groups;  // {"class", "apple"}, {"format", "q4_k"}
  double measured = 0;
  double predicted = 0;      // 0: not answered
  double low = 0, high = 0;  // 80% interval
};

/// Adds `common` with what was measured of one phase and predicted for it; nothing where it was not measured.
void add_scored(std::vector<Scored>& to, const Scored& common, std::string_view phase, double measured,
                const Interval& predicted);

/// Errors of one group in one phase, each unit counting once: a row counts 1 / (rows of its unit in the
/// group), and one that was not answered is a miss.
struct AccuracyLine {
  std::string phase;
  std::string by;     // "all", or a group's kind: "class", "format", "engine"
  std::string group;  // "all", or a group's name
  size_t rows = 0, units = 0, unanswered = 0;
  double within_30 = 0;     // share; of memory: not under by more than 5%
  double median_error = 0;  // of |predicted / measured - 1|; infinite where half were not answered
  double covered = 0;       // share of answered rows inside the 80% interval; of memory: 0
  double bias = 0;          // geometric mean of predicted over measured, answered rows
};

/// The error table: each phase, of all rows and by every kind of group.
std::vector<AccuracyLine> accuracy_of(std::span<const Scored> scored);

/// The line of all rows in `phase`; nullptr: there is none.
const AccuracyLine* line_of_all(std::span<const AccuracyLine> lines, std::string_view phase);

/// Engines run on one machine (`weighin verify`) against what was predicted of them before; a model in a
/// format counts once. By engine and by format.
std::vector<AccuracyLine> accuracy_of(std::span<const Verification> verified);

/// A published table against predictions from specs; a device counts once. By class and by format.
std::vector<AccuracyLine> accuracy_of(const PublishedTable& table, const RowChoice& choice = {});

/// How right answers from specs are, in one line: "on published rows of unseen chips: decode
/// within 30% on 62%, median error 21%; prefill ...". Predicts the shipped rows of the split `test`, once a
/// process (50 ms).
const std::string& published_accuracy_sentence();

/// How right answers for `engine` from measurements on one device are: by its runs there, else by what is
/// shipped of the engine for kernels of `isa`.
std::string measured_accuracy_sentence(std::span<const Verification> verified, std::string_view engine,
                                       std::string_view isa);

/// For a terminal. `unit`: what counts once, "device".
std::string accuracy_text(std::span<const AccuracyLine> lines, std::string_view unit = "device");
std::string accuracy_json(std::span<const AccuracyLine> lines);

/// Everything there is to show without a table of the user's own.
struct AccuracyReport {
  std::vector<AccuracyLine> verified;
  std::string split;  // of the shipped rows: "test", "fit", "all"
  size_t doubtful = 0;
  std::vector<AccuracyLine> published;      // without doubtful rows
  std::vector<AccuracyLine> with_doubtful;  // of all rows alone
};
AccuracyReport accuracy_report(std::span<const Verification> verified, const std::string& split);
std::string accuracy_text(const AccuracyReport& report);
std::string accuracy_json(const AccuracyReport& report);

}  // namespace weighin
