// made_report FILE: stores the made machine of tests/results/made_report.h and writes its report, for the
// browser test.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "tests/results/made_report.h"

namespace {

tl::expected<weighin::ReportInput, std::string> stored(const std::string& database) {
  using namespace weighin;
  auto store = Store::open(database, Access::write);
  if (!store) return tl::unexpected(store.error());
  if (auto put = store->put_device(made::device()); !put) return tl::unexpected(put.error());
  const Run made_run = made::run();
  auto run = store->begin_run(made_run);
  if (!run) return tl::unexpected(run.error());
  for (Measurement measurement : made::measurements()) {
    measurement.run = *run;
    if (auto id = store->record(measurement); !id) return tl::unexpected(id.error());
  }
  auto ended = store->end_run(*run, made_run.ended_at, made_run.outcome, made_run.warnings);
  if (!ended) return tl::unexpected(ended.error());
  return report_input(*store, made::device(), made::capacity(), Question{});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: made_report FILE\n");
    return 2;
  }
  const std::string database = std::string(argv[1]) + ".db";
  std::filesystem::remove(database);
  const auto input = stored(database);
  if (!input) {
    fmt::print(stderr, "{}\n", input.error());
    return 2;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << weighin::report_html(*input) << std::flush;
  return file ? 0 : 2;
}
