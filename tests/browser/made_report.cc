// made_report FILE [gpu]: stores the made machine of tests/results/report/made_report.h, with or without its
// GPU, and writes its report, for the browser test.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "results/profile/stored_profile.h"
#include "tests/results/report/made_report.h"

namespace {

tl::expected<weighin::ReportInput, std::string> stored(const std::string& database, bool with_gpu) {
  using namespace weighin;
  auto store = Store::open(database, Access::write);
  if (!store) return tl::unexpected(store.error());
  if (auto put = store->put_device(made::device()); !put) return tl::unexpected(put.error());
  const Run made_run = made::run();
  auto run = store->begin_run(made_run);
  if (!run) return tl::unexpected(run.error());
  std::vector<Measurement> measurements = made::measurements();
  Capacity capacity = made::capacity();
  if (with_gpu) {
    const std::vector<Measurement> of_gpu = made::gpu_measurements();
    measurements.insert(measurements.end(), of_gpu.begin(), of_gpu.end());
    capacity.gpus.push_back(made::gpu_capacity());
  }
  for (Measurement& measurement : measurements) {
    measurement.run = *run;
    if (auto id = store->record(measurement); !id) return tl::unexpected(id.error());
  }
  auto ended = store->end_run(*run, made_run.ended_at, made_run.outcome, made_run.warnings);
  if (!ended) return tl::unexpected(ended.error());
  const auto profile = stored_profile(*store, made::device(), capacity);
  if (!profile) return tl::unexpected(profile.error());
  auto newest = store->last_run(made::device().id);
  if (!newest) return tl::unexpected(newest.error());
  return report_input(made::device(), *profile, std::move(*newest), Question{});
}

}  // namespace

int main(int argc, char** argv) {
  const bool with_gpu = argc == 3 && std::string_view(argv[2]) == "gpu";
  if (argc != 2 && !with_gpu) {
    fmt::print(stderr, "usage: made_report FILE [gpu]\n");
    return 2;
  }
  const std::string database = std::string(argv[1]) + ".db";
  std::filesystem::remove(database);
  const auto input = stored(database, with_gpu);
  if (!input) {
    fmt::print(stderr, "{}\n", input.error());
    return 2;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << weighin::report_html(*input) << std::flush;
  return file ? 0 : 2;
}
