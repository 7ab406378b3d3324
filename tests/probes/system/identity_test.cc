// Device ids over hand-made trees: they tell clones apart, stay the same, and show nothing that they are made
// of.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "probes/machine/machine_json.h"
#include "probes/machine/machine_text.h"
#include "tests/probes/recorded_tree.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

TEST(Identity, TwoClonesOfOneDiskDiffer) {
  EXPECT_NE(machine("clone-a").id, machine("clone-b").id);
}

TEST(Identity, IsTheSameFromRunToRun) {
  EXPECT_EQ(machine("clone-a").id, machine("clone-a").id);
}

// On real machines only root may read the UUID. Root must get the id that a user gets without it.
TEST(Identity, RootAndUserGetTheSame) {
  const Copy with_uuid("clone-a");
  const Copy without_uuid("clone-a");
  const fs::path uuid = "sys/class/dmi/id/product_uuid";
  ASSERT_EQ(chmod((with_uuid.path() / uuid).c_str(), 0400), 0);
  fs::remove(without_uuid.path() / uuid);
  EXPECT_EQ(probe_machine(recorded_host(with_uuid.path())).id,
            probe_machine(recorded_host(without_uuid.path())).id);
}

TEST(Identity, AddressesOfContainersBridgesDoNotCount) {
  const Copy copy("clone-a");
  copy.write("sys/class/net/docker0/address", "02:42:ff:ff:ff:ff\n");
  EXPECT_EQ(probe_machine(recorded_host(copy.path())).id, machine("clone-a").id);
}

// Removes what is clone-a's own, so that only the machine id is left, which its clone shares.
void forget_hardware(const Copy& copy) {
  fs::remove_all(copy.path() / "sys/class/net");
  fs::remove_all(copy.path() / "sys/class/dmi");
}

void add_drive(const Copy& copy, const std::string& name, const std::string& file, const std::string& text,
               const char* removable = "0") {
  const std::string drive = "sys/block/" + name;
  fs::create_directories(copy.path() / drive / "device");
  copy.write(drive + "/removable", std::string(removable) + "\n");
  copy.write(drive + "/" + file, text + "\n");
}

std::string id_of(const Copy& copy) {
  return probe_machine(recorded_host(copy.path())).id;
}

TEST(Identity, ClonesWithoutACardDifferByTheirDrive) {
  const Copy a("clone-a"), b("clone-a"), stick("clone-a");
  for (const Copy* copy : {&a, &b, &stick}) forget_hardware(*copy);
  EXPECT_EQ(id_of(a), id_of(b));
  EXPECT_TRUE(any_contains(probe_machine(recorded_host(a.path())).remarks, "copy of its disk"));
  add_drive(stick, "sda", "device/wwid", "naa.1", "1");  // a memory stick may be moved to another machine
  EXPECT_EQ(id_of(stick), id_of(a));
  add_drive(a, "nvme0n1", "wwid", "eui.0000000000000001");
  add_drive(b, "nvme0n1", "wwid", "eui.0000000000000002");
  EXPECT_NE(id_of(a), id_of(b));
  EXPECT_FALSE(any_contains(probe_machine(recorded_host(a.path())).remarks, "--label"));
}

TEST(Identity, AReplacedDriveChangesNothingWhereThereIsACard) {
  const Copy copy("clone-a");
  add_drive(copy, "nvme0n1", "wwid", "eui.0000000000000001");
  EXPECT_EQ(id_of(copy), machine("clone-a").id);
}

TEST(Identity, WslIsTheSameAfterARestart) {
  const Copy first("wsl2"), second("wsl2");
  const std::string card = "sys/class/net/eth0";
  for (const Copy* copy : {&first, &second}) {
    fs::create_directories(copy->path() / card / "device");
    copy->write(card + "/addr_assign_type", "0\n");
    copy->write(card + "/address", copy == &first ? "00:15:5d:00:00:01\n" : "00:15:5d:00:00:02\n");
  }
  EXPECT_EQ(id_of(first), id_of(second));
}

TEST(Identity, WithoutAnythingUniqueItSaysSo) {
  EXPECT_TRUE(any_contains(machine("wsl2").remarks, "--label"));
  EXPECT_FALSE(any_contains(machine("clone-a").remarks, "--label"));
}

TEST(Identity, ShowsNothingItIsMadeOf) {
  const std::string text = machine_json(machine("clone-a")) + machine_text(machine("clone-a"));
  for (const char* secret : {"00112233445566778899aabbccddeeff", "52:54:00:00:00:01", "000000000001"}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << secret;
  }
}

}  // namespace
}  // namespace weighin
