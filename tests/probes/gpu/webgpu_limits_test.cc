// What a browser's WebGPU allows a page: the defaults of the specification, and Dawn's tiers.
#include "probes/gpu/webgpu_limits.h"

#include <gtest/gtest.h>

namespace weighin {
namespace {

constexpr uint64_t mib = uint64_t{1} << 20, gib = uint64_t{1} << 30;
constexpr uint32_t amd = 0x1002, nvidia = 0x10de;

TEST(WebgpuLimits, DefaultsAreTheSpecifications) {
  const WebgpuLimits limits = webgpu_limits(amd, 4 * gib - 1, 4 * gib - 1);
  EXPECT_EQ(limits.default_buffer_bytes, 256 * mib);
  EXPECT_EQ(limits.default_binding_bytes, 128 * mib);
}

TEST(WebgpuLimits, RaisedOnesAreTheTierBelowTheDriversOwn) {
  const WebgpuLimits large = webgpu_limits(amd, 4 * gib - 1, 4 * gib - 1);
  EXPECT_EQ(large.raised_buffer_bytes, 4 * gib - 4);
  EXPECT_EQ(large.raised_binding_bytes, 4 * gib - 4);
  const WebgpuLimits middle = webgpu_limits(amd, 1536 * mib, 3 * gib);
  EXPECT_EQ(middle.raised_buffer_bytes, 2 * gib);
  EXPECT_EQ(middle.raised_binding_bytes, gib);
  const WebgpuLimits least = webgpu_limits(amd, 128 * mib, 256 * mib);
  EXPECT_EQ(least.raised_buffer_bytes, 256 * mib);
  EXPECT_EQ(least.raised_binding_bytes, 128 * mib);
}

TEST(WebgpuLimits, NothingIsBoundThatNoBufferHolds) {
  EXPECT_EQ(webgpu_limits(amd, 4 * gib - 1, 256 * mib).raised_binding_bytes, 256 * mib);
}

TEST(WebgpuLimits, NvidiaBindsTwoGibibytesAtMost) {
  EXPECT_EQ(webgpu_limits(nvidia, 4 * gib - 1, 4 * gib - 1).raised_binding_bytes, 2 * gib - 4);
}

TEST(WebgpuLimits, UnknownLimitsRaiseNothingAndTooSmallOnesAllowNothing) {
  EXPECT_EQ(webgpu_limits(amd, 0, 0).raised_buffer_bytes, 256 * mib);
  EXPECT_EQ(webgpu_limits(amd, 0, 0).raised_binding_bytes, 128 * mib);
  EXPECT_EQ(webgpu_limits(amd, 64 * mib, 4 * gib).default_buffer_bytes, 0u);
}

}  // namespace
}  // namespace weighin
