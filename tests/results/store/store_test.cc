// The store over real SQLite files: what is kept, and that a file with an error is left as it was.
#include "results/store/store.h"
#include "results/store/schema_markdown.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "results/records/measurement_fields.h"
#include "results/store/migrations.h"
#include "tests/folder.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

class StoreTest : public testing::Test {
 protected:
  static Device device(const std::string& id, const std::string& label) {
    return {.id = id,
            .label = label,
            .cpu = "Test CPU",
            .cores = 2,
            .threads = 4,
            .memory_bytes = 8ull << 30,
            .memory_available_bytes = 4ull << 30,
            .memory_limit = "RAM",
            .memory_limit_bytes = 0,
            .storage_free_bytes = 1ull << 40,
            .probed_at = "2026-01-01T00:00:00Z",
            .facts_json = "{}",
            .gpus = {}};
  }
  static weighin::Run run_at(const std::string& started_at, const std::vector<std::string>& warnings = {}) {
    weighin::Run run;
    run.device = "aaaa1111";
    run.started_at = started_at;
    run.warnings = warnings;
    return run;
  }
  static Measurement measurement(int64_t run, uint64_t m = 64) {
    Measurement result;
    result.run = run;
    result.device = "aaaa1111";
    result.kernel = "cpu.gemv.q4_0.avx2";
    result.problem = {.op = Op::gemv, .format = FormatId::q4_0, .m = m, .n = 1, .k = 256};
    result.threads = 2;
    result.seconds = 0.5;
    result.spread = 0.01;
    result.samples = {0.4, 0.5, 0.6};
    result.error = 1e-3;
    result.roofline_fraction = 0.75;
    result.status = Status::measured;
    result.size_classes = {"1B", "7B"};
    return result;
  }
  static Store opened(const std::string& path) {
    auto store = Store::open(path, Access::write);
    EXPECT_TRUE(store) << store.error();
    EXPECT_TRUE(store->put_device(device("aaaa1111", "pi5-07")));
    return std::move(*store);
  }
  static std::string bytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void refused(Access access, const std::string& word) {
    const std::string before = bytes(path_);
    const auto store = Store::open(path_, access);
    ASSERT_FALSE(store);
    EXPECT_NE(store.error().find(word), std::string::npos) << store.error();
    EXPECT_NE(store.error().find(path_), std::string::npos) << store.error();
    EXPECT_EQ(bytes(path_), before);
  }

  Folder folder_;
  std::string path_ = (folder_.path() / "weighin.db").string();
};

TEST_F(StoreTest, KeepsEveryFieldOfAMeasurement) {
  Store store = opened(path_);
  const int64_t run = store.begin_run(run_at("now")).value();
  const Measurement written = measurement(run);
  ASSERT_TRUE(store.record(written));
  const auto read = store.measurements("aaaa1111");
  ASSERT_TRUE(read) << read.error();
  ASSERT_EQ(read->size(), 1u);
  const Measurement& m = read->front();
  EXPECT_EQ(m.problem, written.problem);
  EXPECT_EQ(m.kernel, written.kernel);
  EXPECT_EQ(m.threads, 2u);
  EXPECT_EQ(m.seconds, 0.5);
  EXPECT_EQ(m.samples, written.samples);
  EXPECT_EQ(m.roofline_fraction, 0.75);
  EXPECT_EQ(m.status, Status::measured);
  EXPECT_EQ(m.size_classes, written.size_classes);
}

TEST_F(StoreTest, KeepsEveryFieldOfAVerification) {
  Store store = opened(path_);
  Verification v{.device = "aaaa1111",
                 .verified_at = "2026-01-01T00:00:00Z",
                 .engine = "llama.cpp",
                 .build = "v1 \"quoted\"",
                 .backend = "CPU",
                 .cpu_variant = "zen4",
                 .gpu = "",
                 .model = "toy",
                 .format = "Q4_K_M",
                 .weights_bytes = uint64_t{5} << 30,
                 .threads = 2,
                 .depth = 1024,
                 .mmap = false,
                 .isa = "avx512vnni",
                 .memory_bytes = 0,
                 .predicted_memory_bytes = 7,
                 .warnings = {"other load"},
                 .phases = {}};
  v.phases.push_back(
      {Phase::prefill,
       512,
       90,
       {80, 100},
       Interval{70, 95, 120},
       {{PartKind::product, FormatId::q4_K, 14, 0.25}, {PartKind::other, FormatId::none, 3, 0.5}}});
  v.phases.push_back({Phase::decode, 32, 20, {20}, std::nullopt, {}});
  const int64_t id = store.record(v).value();
  v.memory_bytes = 6;
  ASSERT_GT(store.record(v).value(), id);
  ASSERT_TRUE(store.verifications("nobody").value().empty());
  const auto read = store.verifications("aaaa1111").value();
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].memory_bytes, 0u);  // not known
  EXPECT_EQ(read[1].memory_bytes, 6u);
  const Verification& r = read[0];
  EXPECT_EQ(std::tie(r.id, r.device, r.verified_at, r.engine, r.build, r.backend, r.cpu_variant, r.gpu,
                     r.model, r.format, r.isa),
            std::tie(id, v.device, v.verified_at, v.engine, v.build, v.backend, v.cpu_variant, v.gpu, v.model,
                     v.format, v.isa));
  EXPECT_EQ(std::tie(r.weights_bytes, r.threads, r.depth, r.mmap, r.predicted_memory_bytes, r.warnings),
            std::tie(v.weights_bytes, v.threads, v.depth, v.mmap, v.predicted_memory_bytes, v.warnings));
  ASSERT_EQ(r.phases.size(), 2u);
  const VerifiedPhase &decode = r.phases[0], &prefill = r.phases[1];
  EXPECT_EQ(decode.phase, Phase::decode);
  EXPECT_FALSE(decode.predicted);
  EXPECT_EQ(prefill.samples, (std::vector<double>{80, 100}));
  EXPECT_EQ(prefill.predicted->high, 120);
  ASSERT_EQ(prefill.parts.size(), 2u);
  EXPECT_EQ(prefill.parts[0].format, FormatId::q4_K);
  EXPECT_EQ(prefill.parts[0].operations, 14);
  EXPECT_EQ(prefill.parts[1].kind, PartKind::other);
  EXPECT_EQ(prefill.parts[1].seconds, 0.5);
}

TEST_F(StoreTest, TheViewHasARowAClassAndTheTableOneAProblem) {
  Store store = opened(path_);
  const int64_t run = store.begin_run(run_at("now")).value();
  ASSERT_TRUE(store.record(measurement(run)));
  Measurement bound = measurement(run);
  bound.problem = {.op = Op::stream_read, .m = 1 << 20};
  bound.size_classes.clear();
  ASSERT_TRUE(store.record(bound));
  SQLite::Database plain(path_, SQLite::OPEN_READONLY);
  EXPECT_EQ(plain.execAndGet("SELECT count(*) FROM measurement").getInt(), 2);
  std::string columns;
  SQLite::Statement info(plain, "SELECT name FROM pragma_table_info('measurements')");
  while (info.executeStep()) columns += info.getColumn(0).getString() + " ";
  EXPECT_EQ(
      columns,
      "measurement_id run device backend gpu engine kernel op format size_class m n k threads seconds spread "
      "bytes_per_s ops_per_s roofline_fraction status reason ");
  EXPECT_EQ(plain.execAndGet("SELECT count(*) FROM measurements").getInt(), 3);
  EXPECT_EQ(plain.execAndGet("SELECT count(*) FROM measurements WHERE size_class IS NULL").getInt(), 1);
  EXPECT_EQ(plain.execAndGet("SELECT ops_per_s FROM measurements WHERE size_class = '7B'").getDouble(),
            2.0 * 64 * 256 / 0.5);
}

TEST_F(StoreTest, TheSameProblemOfARunIsReplacedAlsoWithoutAFormat) {
  Store store = opened(path_);
  const int64_t run = store.begin_run(run_at("now")).value();
  Measurement bound = measurement(run);
  bound.problem = {.op = Op::stream_read, .m = 1 << 20};
  const int64_t first = store.record(bound).value();
  bound.seconds = 0.25;
  EXPECT_EQ(store.record(bound).value(), first);
  const auto read = store.measurements("aaaa1111").value();
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].seconds, 0.25);
}

TEST_F(StoreTest, AProblemSkippedUnderOneKernelIsMeasuredUnderAnother) {
  Store store = opened(path_);
  const int64_t run = store.begin_run(run_at("1")).value();
  Measurement row = measurement(run);
  row.status = Status::skipped;
  row.reason = "budget";
  ASSERT_TRUE(store.record(row));
  Measurement other_threads = row;
  other_threads.threads += 1;
  ASSERT_TRUE(store.record(other_threads));
  row.status = Status::measured;
  row.reason.clear();
  row.kernel += ".ahead4k";  // the winner of a race that was held meanwhile
  ASSERT_TRUE(store.record(row));
  const auto rows = store.measurements_of_run(run);
  ASSERT_TRUE(rows) << rows.error();
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ((*rows)[0].status, Status::skipped);
  EXPECT_EQ((*rows)[0].threads, other_threads.threads);
  EXPECT_EQ((*rows)[1].kernel, row.kernel);
}

TEST_F(StoreTest, ASkippedMeasurementNeverHidesAMeasuredOne) {
  Store store = opened(path_);
  const int64_t first = store.begin_run(run_at("1")).value();
  ASSERT_TRUE(store.record(measurement(first)));
  const int64_t second = store.begin_run(run_at("2")).value();
  Measurement skipped = measurement(second);
  skipped.status = Status::skipped;
  skipped.reason = "budget";
  ASSERT_TRUE(store.record(skipped));
  const auto read = store.measurements("aaaa1111").value();
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].status, Status::measured);
  EXPECT_EQ(store.measurements_of_run(second).value()[0].reason, "budget");
}

TEST_F(StoreTest, RowsOfAnEngineAreKeptBesideOursAndReadOnlyByThoseWhoAskForThem) {
  Store store = opened(path_);
  const int64_t run = store.begin_run(run_at("1")).value();
  ASSERT_TRUE(store.record(measurement(run)));
  Measurement theirs = measurement(run);
  theirs.seconds = 0.75;
  for (const char* engine : {"llama.cpp 1 zen4", "llama.cpp 2 zen4"}) {
    theirs.engine = engine;
    ASSERT_TRUE(store.record(theirs));
  }
  theirs.seconds = 0.7;
  ASSERT_TRUE(store.record(theirs));  // again: in place of the second engine's
  for (const auto& ours : {store.measurements("aaaa1111").value(), store.measurements_of_run(run).value()}) {
    ASSERT_EQ(ours.size(), 1u);
    EXPECT_FALSE(ours[0].of_engine());
    EXPECT_EQ(ours[0].seconds, 0.5);
  }
  for (const auto& of_engines : {store.measurements("aaaa1111", KernelsOf::engines).value(),
                                 store.measurements_of_run(run, KernelsOf::engines).value()}) {
    ASSERT_EQ(of_engines.size(), 2u);
    for (const Measurement& m : of_engines) {
      EXPECT_TRUE(m.of_engine());
      EXPECT_EQ(m.seconds, m.engine == "llama.cpp 1 zen4" ? 0.75 : 0.7);
    }
  }
}

TEST_F(StoreTest, ARaceIsKeptOnceForADeviceAnOperationAndAFormat) {
  Store store = opened(path_);
  ASSERT_TRUE(store.put_device(device("aaaa2222", "laptop")));
  KernelRace race{.device = "aaaa1111",
                  .op = Op::gemm,
                  .format = FormatId::bf16,
                  .kernel = "cpu.gemm.bf16.avx512bf16",
                  .runner_up = "",
                  .margin = 0,
                  .seconds = 2e-3,
                  .raced_at = "then"};
  ASSERT_TRUE(store.put_race(race));
  race.kernel = "cpu.gemm.bf16.avx512";
  race.runner_up = "cpu.gemm.bf16.avx512bf16";
  race.margin = 1.25;
  race.seconds = 1e-3;
  ASSERT_TRUE(store.put_race(race));  // in place of the first
  KernelRace other = race;
  other.op = Op::rms_norm;
  other.format = FormatId::none;
  ASSERT_TRUE(store.put_race(other));
  ASSERT_TRUE(store.put_race(other));
  other.device = "aaaa2222";
  ASSERT_TRUE(store.put_race(other));
  const auto found = store.races("aaaa1111").value();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].device, "aaaa1111");
  EXPECT_EQ(found[0].op, Op::gemm);
  EXPECT_EQ(found[0].format, FormatId::bf16);
  EXPECT_EQ(found[0].kernel, race.kernel);
  EXPECT_EQ(found[0].runner_up, race.runner_up);
  EXPECT_EQ(found[0].margin, 1.25);
  EXPECT_EQ(found[0].seconds, 1e-3);
  EXPECT_EQ(found[0].raced_at, "then");
  EXPECT_EQ(found[1].op, Op::rms_norm);
  EXPECT_EQ(found[1].format, FormatId::none);
  EXPECT_EQ(store.races("aaaa2222")->size(), 1u);
  // What another version of the program wrote and this one does not know is left out.
  SQLite::Database(path_, SQLite::OPEN_READWRITE)
      .exec(
          "INSERT INTO kernel_race VALUES ('aaaa2222', 'no such op', 'q4_0', 'k', '', 0, 1, 'then'), "
          "('aaaa2222', 'gemm', 'no such format', 'k', '', 0, 1, 'then')");
  EXPECT_EQ(store.races("aaaa2222")->size(), 1u);
}

TEST_F(StoreTest, DevicesAreFoundByLabelIdAndItsBeginning) {
  Store store = opened(path_);
  ASSERT_TRUE(store.put_device(device("aaaa2222", "laptop")));
  EXPECT_EQ(store.find_device("PI5-07")->id, "aaaa1111");
  EXPECT_EQ(store.find_device("aaaa2222")->label, "laptop");
  EXPECT_EQ(store.find_device("aaaa2")->label, "laptop");
  EXPECT_FALSE(store.find_device("aaaa"));
  const auto unknown = store.find_device("nobody");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().find("pi5-07"), std::string::npos);
}

TEST_F(StoreTest, RunsKeepTheirWarningsAndOutcome) {
  Store store = opened(path_);
  const int64_t run = store.begin_run(run_at("s", {"battery"})).value();
  ASSERT_TRUE(store.end_run(run, "e", "budget", {"other load", "battery"}));
  const auto last = store.last_run("aaaa1111").value();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->outcome, "budget");
  EXPECT_EQ(last->warnings, (std::vector<std::string>{"battery", "other load"}));
}

TEST_F(StoreTest, FilesWithAnErrorAreLeftAsTheyAre) {
  std::ofstream(path_) << "this is a letter to my aunt, not a database";
  refused(Access::write, "not a weighin database");
  refused(Access::read, "not a weighin database");
}

TEST_F(StoreTest, AnotherProgramsDatabaseIsRefused) {
  SQLite::Database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE mine (x)");
  refused(Access::write, "another program");
}

TEST_F(StoreTest, ANewerSchemaIsRefused) {
  opened(path_);
  SQLite::Database(path_, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 999");
  SQLite::Database(path_, SQLite::OPEN_READWRITE).exec("PRAGMA wal_checkpoint(TRUNCATE)");
  refused(Access::write, "newer");
  refused(Access::read, "newer");
}

TEST_F(StoreTest, ATruncatedDatabaseIsCorrupt) {
  opened(path_);
  fs::resize_file(path_, fs::file_size(path_) / 2);
  refused(Access::write, "corrupt");
}

TEST_F(StoreTest, AMissingOneIsMadeForWritingOnly) {
  const auto missing = Store::open(path_, Access::read);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().find("weighin run"), std::string::npos);
  EXPECT_FALSE(fs::exists(path_));
  EXPECT_TRUE(Store::open((folder_.path() / "new" / "folder" / "w.db").string(), Access::write));
}

TEST_F(StoreTest, AnotherWriterIsWaitedForAndThenNamed) {
  Store store = opened(path_);
  SQLite::Database other(path_, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const auto locked = store.put_device(device("bbbb", "late"));
  ASSERT_FALSE(locked);
  EXPECT_NE(locked.error().find("locked"), std::string::npos);
  other.exec("ROLLBACK");
  EXPECT_TRUE(store.put_device(device("bbbb", "late")));
}

TEST_F(StoreTest, AKilledWriterLeavesASoundDatabase) {
  opened(path_);
  const pid_t child = fork();
  if (child == 0) {
    auto store = Store::open(path_, Access::write);
    const int64_t run = store->begin_run(run_at("now")).value();
    for (uint64_t m = 1;; ++m) (void)store->record(measurement(run, m));
  }
  usleep(300'000);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  const auto store = Store::open(path_, Access::write);
  ASSERT_TRUE(store) << store.error();
  EXPECT_GT(store->measurements("aaaa1111").value().size(), 0u);
}

TEST_F(StoreTest, CsvIsQuotedAsRfc4180Has) {
  Store store = opened(path_);
  ASSERT_TRUE(store.put_device(device("cccc", "a \"quoted\", label")));
  const auto files = store.export_csv((folder_.path() / "csv").string());
  ASSERT_TRUE(files) << files.error();
  EXPECT_EQ(files->size(), 12u);  // eleven tables and the view
  const std::string text = bytes((folder_.path() / "csv" / "device.csv").string());
  EXPECT_TRUE(text.starts_with("id,label,cpu,"));
  EXPECT_NE(text.find("cccc,\"a \"\"quoted\"\", label\",Test CPU"), std::string::npos);
  EXPECT_NE(text.find("\r\n"), std::string::npos);
}

TEST_F(StoreTest, TheMigratedTableHasTheFieldListsColumns) {
  opened(path_);
  SQLite::Database plain(path_, SQLite::OPEN_READONLY);
  SQLite::Statement columns(plain, "SELECT name FROM pragma_table_info('measurement') WHERE name <> 'id'");
  std::set<std::string> names, fields;
  while (columns.executeStep()) names.insert(columns.getColumn(0).getString());
  for (const MeasurementField& field : measurement_fields()) fields.insert(field.name);
  EXPECT_EQ(names, fields);
}

TEST(Schema, ThePageIsCurrent) {
  std::ifstream in(WEIGHIN_SOURCE_DIR "/docs/schema.md");
  const std::string page((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(page, schema_markdown()) << "make it again: weighin schema > docs/schema.md";
}

}  // namespace
}  // namespace weighin
