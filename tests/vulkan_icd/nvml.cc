// NVIDIA's management library as far as weighin asks it, with one card that is none.
#include <cstdio>
#include <cstring>

extern "C" {

int nvmlInit_v2() {
  return 0;
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 1;
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned, void** device) {
  static int card;
  *device = &card;
  return 0;
}
int nvmlDeviceGetName(void*, char* name, unsigned bytes) {
  std::snprintf(name, bytes, "Fake NVIDIA Card");
  return 0;
}
struct PciInfo {
  char legacy_address[16];
  unsigned domain, bus, device, device_and_vendor, subsystem;
  char address[32];
};
int nvmlDeviceGetPciInfo_v3(void*, PciInfo* info) {
  std::memset(info, 0, sizeof *info);
  info->bus = 0x65;
  info->device_and_vendor = 0x220410de;
  return 0;
}
struct MemoryInfo {
  unsigned long long total, free, used;
};
int nvmlDeviceGetMemoryInfo(void*, MemoryInfo* memory) {
  *memory = {24ull << 30, 20ull << 30, 4ull << 30};
  return 0;
}
int nvmlDeviceGetTemperature(void*, unsigned, unsigned* degrees) {
  *degrees = 41;
  return 0;
}
int nvmlDeviceGetPowerUsage(void*, unsigned* milliwatts) {
  *milliwatts = 25500;
  return 0;
}
// NVML_ERROR_NOT_SUPPORTED, as of a card whose limit is not told.
int nvmlDeviceGetEnforcedPowerLimit(void*, unsigned*) {
  return 3;
}

}  // extern "C"
