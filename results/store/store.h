// The store: one SQLite file, and the only place with SQL. Its methods for devices and tunings are defined in
// devices.cc, those for verifications in verifications.cc, and all others in store.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "results/records/device.h"
#include "results/records/gpu_tuning.h"
#include "results/records/kernel_race.h"
#include "results/records/measurement.h"
#include "results/records/run.h"
#include "results/records/verification.h"

namespace weighin {

enum class Access : uint8_t { read, write };

/// Whose kernels were timed: weighin's reference kernels, or those of engines (`Measurement::engine`).
enum class KernelsOf : uint8_t { weighin, engines };

class Store {
 public:
  /// Opens `path`; for writing it is made with its folder if missing, and brought to the newest schema if it
  /// is of an older one, after a copy of it was made beside it (copy_before.h). Errors name the file and what
  /// to do: missing (read), not a database, corrupt, from a newer weighin, read-only, locked. A file with an
  /// error is left untouched.
  static tl::expected<Store, std::string> open(const std::string& path, Access access);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  /// With its GPUs in place of those it had, where they are known.
  tl::expected<void, std::string> put_device(const Device& device);
  /// One of the same GPU, driver version and kernel is replaced.
  tl::expected<void, std::string> put_tuning(const GpuTuning& tuning);
  /// Of one driver version only: another compiles other code. By kernel.
  tl::expected<std::vector<GpuTuning>, std::string> tunings(const std::string& gpu,
                                                            const std::string& driver_version) const;
  /// One of the same device, operation and format is replaced.
  tl::expected<void, std::string> put_race(const KernelRace& race);
  tl::expected<std::vector<KernelRace>, std::string> races(const std::string& device) const;
  /// Adds the run and returns its id.
  tl::expected<int64_t, std::string> begin_run(const Run& run);
  tl::expected<void, std::string> end_run(int64_t id, const std::string& ended_at, const std::string& outcome,
                                          const std::vector<std::string>& warnings);

  /// Writes `measurement` at once and returns its id; the same kernel, problem and threads of the same run is
  /// replaced (its samples grew, or a skipped one was measured).
  tl::expected<int64_t, std::string> record(const Measurement& measurement);

  /// The newest measurement of each kernel, problem and thread count on `device`, whatever its status, but a
  /// measured one is never hidden by a newer one that was not measured.
  /// Rows of engines are returned only to those who ask for them.
  tl::expected<std::vector<Measurement>, std::string> measurements(
      const std::string& device, KernelsOf whose = KernelsOf::weighin) const;
  /// Those of one run.
  tl::expected<std::vector<Measurement>, std::string> measurements_of_run(
      int64_t run, KernelsOf whose = KernelsOf::weighin) const;

  /// Adds `verification` and returns its id.
  tl::expected<int64_t, std::string> record(const Verification& verification);
  /// All of `device`, in the order they were made.
  tl::expected<std::vector<Verification>, std::string> verifications(const std::string& device) const;

  tl::expected<std::vector<Device>, std::string> devices() const;
  /// By label (any case), id, or an id's unique beginning. Error: unknown (listing the labels) or ambiguous.
  tl::expected<Device, std::string> find_device(const std::string& name) const;
  /// The device's newest run, ended or not.
  tl::expected<std::optional<Run>, std::string> last_run(const std::string& device) const;

  /// One CSV file a table and view (RFC 4180) into `folder`, made if missing; returns the files' names.
  tl::expected<std::vector<std::string>, std::string> export_csv(const std::string& folder) const;

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace weighin
