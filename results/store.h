// The store: one SQLite file, and the only place with SQL.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "probes/machine.h"
#include "results/measurement.h"
#include "results/verification.h"

namespace weighin {

/// A device as the store keeps it: what fit needs in columns, everything the probes saw as JSON.
struct Device {
  std::string id;
  std::string label;
  std::string cpu;
  uint32_t cores = 0;
  uint32_t threads = 0;
  uint64_t memory_bytes = 0;            // total; 0: not known
  uint64_t memory_available_bytes = 0;  // when last probed, under every limit
  std::string memory_limit;             // what binds: "RAM", "cgroup", ...
  uint64_t memory_limit_bytes = 0;      // the lowest hard limit (cgroup, ulimit) if any, else 0
  uint64_t storage_free_bytes = 0;
  std::string probed_at;  // UTC, ISO 8601
  std::string facts_json;
  /// Of each what the columns of table gpu hold, by name. None: what GPUs there are could not be seen.
  std::optional<std::vector<VulkanDevice>> gpus = std::nullopt;
};

/// The columns of a probed machine, and its GPUs.
Device device_of(const Machine& machine, const std::string& probed_at);

/// Where a run's numbers come from.
struct Run {
  int64_t id = 0;
  std::string device;
  std::string program_version;
  std::string compiler;
  std::string build;
  std::string options;  // the command line's options, no paths
  std::string started_at;
  std::string ended_at;  // empty while it goes on, or when it was killed
  std::string outcome;   // "finished", "budget", "interrupted"; empty as above
  std::vector<std::string> warnings;
};

/// What a search found best for a kernel on a GPU with one version of its driver.
struct GpuTuning {
  std::string gpu;  // id
  std::string driver_version;
  std::string kernel;
  std::string parameters;  // the shader's constants, separated by blanks
  double seconds = 0;      // of the problem that the search ran
  std::string tuned_at;
};

enum class Access : uint8_t { read, write };

class Store {
 public:
  /// Opens `path`; for writing it is made with its folder if missing and brought to the newest schema. Errors
  /// name the file and what to do: missing (read), not a database, corrupt, from a newer weighin, read-only,
  /// locked. A file with an error is left untouched.
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
  /// Adds the run and returns its id.
  tl::expected<int64_t, std::string> begin_run(const Run& run);
  tl::expected<void, std::string> end_run(int64_t id, const std::string& ended_at, const std::string& outcome,
                                          const std::vector<std::string>& warnings);

  /// Writes `measurement` at once and returns its id; the same kernel, problem and threads of the same run is
  /// replaced (its samples grew, or a skipped one was measured).
  tl::expected<int64_t, std::string> record(const Measurement& measurement);

  /// The newest measurement of each kernel, problem and thread count on `device`, whatever its status, but a
  /// measured one is never hidden by a newer one that was not measured.
  tl::expected<std::vector<Measurement>, std::string> measurements(const std::string& device) const;
  /// Those of one run.
  tl::expected<std::vector<Measurement>, std::string> measurements_of_run(int64_t run) const;

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

/// docs/schema.md, made from the migrations and the measurement field list.
std::string schema_markdown();

}  // namespace weighin
