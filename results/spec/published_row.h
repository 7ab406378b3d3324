// A row of a table of published speeds: whose model, on what, and, where they are given, what was measured.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "results/text/csv_table.h"

namespace weighin {

/// One row. Text lies in the table's; what is blank there is empty here.
struct PublishedRow {
  std::string_view date, device, chip_class, backend, engine, model, quant;
  std::string_view split;                   // "fit" or "test", of the table that ships
  std::string_view note;                    // "doubtful: ..." is a reason to leave the row out
  std::optional<double> mem_bandwidth_gbs;  // 1e9 bytes/s
  std::optional<double> mem_gib;            // of one device
  std::optional<double> params_b;           // 1e9 parameters
  std::optional<double> active_params_b;
  std::optional<double> model_bytes;
  std::optional<double> ctx_or_depth;  // tokens in the cache as decode was timed, or the context set
  std::optional<double> pp_tokens, tg_tokens;
  std::optional<double> n_devices, threads;
  std::optional<double> pp_tps, tg_tps, mem_gib_used;  // measured
  std::string error;                                   // why the row cannot be read: a number that is none
};

/// A table as read; its rows point into it, so it moves but is not copied.
class PublishedTable {
 public:
  /// Reads a CSV (RFC 4180) with a header: columns of the names above in any order, others passed over, any
  /// of them missing but the model and params_b both. Error: what is wrong with the file.
  static tl::expected<PublishedTable, std::string> read(std::string text, const std::string& name);
  /// The same from a file.
  static tl::expected<PublishedTable, std::string> read_file(const std::string& path);

  PublishedTable(PublishedTable&&) = default;
  PublishedTable& operator=(PublishedTable&&) = default;
  PublishedTable(const PublishedTable&) = delete;
  PublishedTable& operator=(const PublishedTable&) = delete;

  std::span<const PublishedRow> rows() const { return rows_; }

 private:
  PublishedTable() = default;
  static tl::expected<PublishedTable, std::string> of(CsvTable csv, const std::string& name);

  CsvTable csv_;
  std::vector<PublishedRow> rows_;
};

}  // namespace weighin
