// GPUs in the store: rows of each apart, what is probed replaced, tunings by driver, old databases kept.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <set>

#include "probes/machine/vulkan_device_fields.h"
#include "results/store/migrations.h"
#include "results/store/store.h"
#include "tests/folder.h"

namespace weighin {
namespace {

constexpr const char* card = "0123456789abcdef";
constexpr const char* other_card = "fedcba9876543210";

class StoreGpus : public testing::Test {
 protected:
  static VulkanDevice probed(const std::string& id, const std::string& name) {
    VulkanDevice gpu;
    gpu.id = id;
    gpu.name = name;
    gpu.vendor_id = 0x1002;
    gpu.driver = "radv";
    gpu.driver_version = "24.1";
    gpu.type = "discrete";
    gpu.memory_total_bytes = known(uint64_t{8} << 30, "a test");
    gpu.memory_free_bytes = known(uint64_t{7} << 30, "a test");
    gpu.max_storage_buffer_range = uint64_t{4} << 30;
    gpu.max_allocation_bytes = uint64_t{2} << 30;
    gpu.max_allocations = 4096;
    return gpu;
  }
  static Machine machine(std::vector<VulkanDevice> gpus) {
    Machine machine;
    machine.id = "aaaa1111aaaa1111";
    machine.label = "desk";
    machine.vulkan = known(std::move(gpus), "a test");
    return machine;
  }
  Store opened() {
    auto store = Store::open(path_, Access::write);
    EXPECT_TRUE(store) << store.error();
    return std::move(*store);
  }
  static Measurement product(int64_t run, const std::string& gpu, double seconds) {
    Measurement m;
    m.run = run;
    m.device = "aaaa1111aaaa1111";
    m.backend = gpu.empty() ? "cpu" : "vulkan";
    m.gpu = gpu;
    m.kernel = "gemv";
    m.problem = {.op = Op::gemv, .format = FormatId::q4_0, .m = 64, .n = 1, .k = 256};
    m.seconds = seconds;
    m.status = Status::measured;
    return m;
  }

  Folder folder_;
  std::string path_ = (folder_.path() / "weighin.db").string();
};

TEST_F(StoreGpus, TheColumnsAreThoseOfTheFieldList) {
  std::set<std::string> listed{"device"};
  for (const VulkanDeviceField& field : vulkan_device_fields())
    if (field.column != nullptr) listed.insert(field.column);
  const Store store = opened();
  SQLite::Database database(path_);
  SQLite::Statement columns(database, "SELECT name FROM pragma_table_info('gpu')");
  std::set<std::string> stored;
  while (columns.executeStep()) stored.insert(columns.getColumn(0).getString());
  EXPECT_EQ(stored, listed);
}

TEST_F(StoreGpus, EachDeviceKeepsItsOwn) {
  Store store = opened();
  ASSERT_TRUE(store.put_device(device_of(machine({probed(card, "Card")}), "now")));
  Machine other = machine({probed("another card", "Other")});
  other.id = "bbbb2222bbbb2222";
  other.label = "rack";
  ASSERT_TRUE(store.put_device(device_of(other, "later")));
  for (const auto& [label, name] : {std::pair("desk", "Card"), std::pair("rack", "Other")}) {
    const auto read = store.find_device(label);
    ASSERT_TRUE(read) << read.error();
    ASSERT_TRUE(read->gpus && read->gpus->size() == 1) << label;
    EXPECT_EQ(read->gpus->front().name, name);
  }
}

TEST_F(StoreGpus, KeepsWhatTheProbeSaw) {
  Store store = opened();
  ASSERT_TRUE(store.put_device(device_of(machine({probed(card, "Card")}), "now")));
  const auto read = store.find_device("desk");
  ASSERT_TRUE(read) << read.error();
  ASSERT_TRUE(read->gpus);
  ASSERT_EQ(read->gpus->size(), 1u);
  const VulkanDevice& gpu = read->gpus->front();
  EXPECT_EQ(gpu.id, card);
  EXPECT_EQ(gpu.name, "Card");
  EXPECT_EQ(gpu.driver, "radv");
  EXPECT_EQ(gpu.driver_version, "24.1");
  EXPECT_EQ(gpu.vendor_id, 0x1002u);
  EXPECT_EQ(gpu.type, "discrete");
  EXPECT_FALSE(gpu.software);
  EXPECT_FALSE(gpu.unified);
  EXPECT_EQ(gpu.memory_total_bytes.value, uint64_t{8} << 30);
  EXPECT_EQ(gpu.memory_free_bytes.value, uint64_t{7} << 30);
  EXPECT_EQ(gpu.max_storage_buffer_range, uint64_t{4} << 30);
  EXPECT_EQ(gpu.max_allocation_bytes, uint64_t{2} << 30);
  EXPECT_EQ(gpu.max_allocations, 4096u);
}

TEST_F(StoreGpus, ACardThatIsGoneIsForgottenAndADriverThatCrashedForgetsNone) {
  Store store = opened();
  ASSERT_TRUE(
      store.put_device(device_of(machine({probed(card, "One"), probed(other_card, "Two")}), "first")));
  Machine blind = machine({});
  blind.vulkan = absent<std::vector<VulkanDevice>>("the driver crashed", "a test");
  ASSERT_TRUE(store.put_device(device_of(blind, "second")));
  EXPECT_EQ(store.find_device("desk")->gpus->size(), 2u);
  ASSERT_TRUE(store.put_device(device_of(machine({probed(other_card, "Two")}), "third")));
  const std::vector<VulkanDevice> gpus = store.find_device("desk")->gpus.value();
  ASSERT_EQ(gpus.size(), 1u);
  EXPECT_EQ(gpus.front().name, "Two");
}

TEST_F(StoreGpus, TheSameProblemOfEachGpuAndOfTheCpuIsARowOfItsOwn) {
  Store store = opened();
  ASSERT_TRUE(store.put_device(device_of(machine({}), "now")));
  weighin::Run begun;
  begun.device = "aaaa1111aaaa1111";
  const int64_t run = store.begin_run(begun).value();
  for (const char* gpu : {"", card, other_card}) ASSERT_TRUE(store.record(product(run, gpu, 1)));
  ASSERT_TRUE(store.record(product(run, card, 0.5)));  // again: in place of the first
  const auto rows = store.measurements("aaaa1111aaaa1111").value();
  ASSERT_EQ(rows.size(), 3u);
  for (const Measurement& m : rows) {
    EXPECT_EQ(m.backend, m.gpu.empty() ? "cpu" : "vulkan");
    EXPECT_EQ(m.seconds, m.gpu == card ? 0.5 : 1);
  }
  EXPECT_EQ(store.measurements_of_run(run)->size(), 3u);
}

TEST_F(StoreGpus, TuningsAreOfOneDriverVersion) {
  Store store = opened();
  GpuTuning tuning{card, "24.1", "vulkan.gemv.q4_0.int8", "64 2", 1e-3, "now"};
  ASSERT_TRUE(store.put_tuning(tuning));
  tuning.parameters = "128 1";
  tuning.seconds = 5e-4;
  ASSERT_TRUE(store.put_tuning(tuning));  // found better: in its place
  const auto found = store.tunings(card, "24.1");
  ASSERT_TRUE(found) << found.error();
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().kernel, tuning.kernel);
  EXPECT_EQ(found->front().parameters, "128 1");
  EXPECT_EQ(found->front().seconds, 5e-4);
  EXPECT_EQ(found->front().tuned_at, "now");
  EXPECT_TRUE(store.tunings(card, "24.2")->empty());
  EXPECT_TRUE(store.tunings(other_card, "24.1")->empty());
}

// A database of the version before GPUs, with a run in it.
TEST_F(StoreGpus, AnOlderDatabaseKeepsItsRows) {
  constexpr int before_gpus = 3;
  {
    SQLite::Database old(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (int i = 0; i < before_gpus; ++i) old.exec(migrations()[static_cast<size_t>(i)]);
    old.exec("PRAGMA user_version = 3");
    old.exec("PRAGMA application_id = " + std::to_string(application_id));
    old.exec(R"(
INSERT INTO device VALUES ('aaaa1111aaaa1111', 'desk', 'CPU', 2, 4, 8, 8, 'RAM', 0, 0, 'then', '{}');
INSERT INTO run VALUES (7, 'aaaa1111aaaa1111', '1', '', '', '', 'then', '', '');
INSERT INTO measurement VALUES (9, 7, 'aaaa1111aaaa1111', 'cpu', 'cpu.gemv.q4_0.avx2', 'gemv', 'q4_0', 64, 1, 256,
  0, 0, 0, 2, 0.5, 0.01, 1, 1, 1, 1, 0.75, 0.001, 'measured', '', '[0.5]');
INSERT INTO measurement_class VALUES (9, '7B');)");
  }
  Store store = opened();
  const auto rows = store.measurements("aaaa1111aaaa1111").value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].id, 9);
  EXPECT_EQ(rows[0].backend, "cpu");
  EXPECT_EQ(rows[0].gpu, "");
  EXPECT_EQ(rows[0].seconds, 0.5);
  EXPECT_EQ(rows[0].size_classes, std::vector<std::string>{"7B"});
  EXPECT_TRUE(store.find_device("desk")->gpus->empty());
  ASSERT_TRUE(store.record(product(7, card, 1)));
  EXPECT_EQ(store.measurements("aaaa1111aaaa1111")->size(), 2u);
}

}  // namespace
}  // namespace weighin
