#include "kernels/cpu/bounds/storage.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "probes/host/storage_file.h"

namespace weighin {
namespace {

class StorageRead : public Prepared {
 public:
  explicit StorageRead(StorageFile file) : file_(std::move(file)) {}

  void run() noexcept override { seconds_ = file_.read(); }
  /// Infinite when the file could not be read, so that no rate comes of it.
  double own_seconds() const override {
    return seconds_ >= 0 ? seconds_ : std::numeric_limits<double>::infinity();
  }
  Check check(uint32_t) override {
    run();
    return exact_check(seconds_ >= 0 && file_.compare());
  }

 private:
  StorageFile file_;
  double seconds_ = 0;
};

tl::expected<std::unique_ptr<Prepared>, std::string> prepare(const Problem& problem, Workbench& bench) {
  if (bench.storage_folder.empty()) {
    return tl::unexpected(
        fmt::format("{}: storage is not measured, since no folder was named.", describe(problem)));
  }
  if (problem.m == 0) return tl::unexpected(fmt::format("Cannot prepare {}: no bytes.", describe(problem)));
  auto file = StorageFile::make(bench.storage_folder, problem.m);
  if (!file) {
    return tl::unexpected(
        fmt::format("Cannot prepare {} in {}: {}.", describe(problem), bench.storage_folder, file.error()));
  }
  return std::make_unique<StorageRead>(std::move(*file));
}

}  // namespace

std::vector<Kernel> storage_kernels() {
  return {{"cpu.storage_read", Op::storage_read, FormatId::none, Isa::scalar, prepare}};
}

}  // namespace weighin
