// Every kernel of GPUs computes correctly on whatever Vulkan shows: lavapipe where there is no GPU.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "kernels/table/adversarial.h"
#include "kernels/table/all_kernels.h"
#include "kernels/vulkan/gpu_bench.h"
#include "kernels/vulkan/timed_work.h"

namespace {
/// LeakSanitizer is turned off once a driver was loaded into this process, since what a driver leaves behind
/// when it is unloaded cannot be mended here. (Each test is a process of its own under ctest.)
bool loaded_drivers = false;
}  // namespace
extern "C" int __lsan_is_turned_off() {  // NOLINT(bugprone-reserved-identifier): LeakSanitizer's name for it
  return loaded_drivers ? 1 : 0;
}

namespace weighin {
namespace {

/// The first GPU there is. It is opened once, under the validation layers where they are installed.
Gpu* test_gpu(std::string& reason) {
  static std::string why;
  static const std::unique_ptr<Gpu> gpu = [&]() -> std::unique_ptr<Gpu> {
    loaded_drivers = true;
    const auto visible = visible_gpus();
    if (!visible || visible->empty()) {
      why = visible ? "Vulkan shows no GPU, not even lavapipe (Debian package mesa-vulkan-drivers)"
                    : visible.error();
      return nullptr;
    }
    auto opened = Gpu::open(visible->front().id, {.validate = true});
    if (!opened) opened = Gpu::open(visible->front().id);
    if (opened) return std::move(*opened);
    why = opened.error();
    return nullptr;
  }();
  reason = why;
  return gpu.get();
}

std::vector<std::string> kernel_names() {
  std::vector<std::string> names;
  for (const Kernel& kernel : all_kernels())
    if (kernel.backend == Backend::vulkan) names.push_back(kernel.name);
  return names;
}

const Kernel& kernel_called(const std::string& name) {
  for (const Kernel& kernel : all_kernels())
    if (kernel.name == name) return kernel;
  throw std::runtime_error(name);
}

class VulkanKernel : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::string reason;
    gpu_ = test_gpu(reason);
    if (!gpu_) GTEST_SKIP() << reason;
    const std::string lacks = kernel_called(GetParam()).lacks(gpu_->facts());
    if (!lacks.empty()) GTEST_SKIP() << gpu_->facts().name << " has no " << lacks;
  }
  void TearDown() override {
    if (gpu_ == nullptr) return;
    EXPECT_EQ(gpu_->complaints(), std::vector<std::string>());
  }
  Gpu* gpu_ = nullptr;
  ThreadPool threads_{1};
};

TEST_P(VulkanKernel, IsRightOnAdversarialData) {
  GpuWeightPool weights(*gpu_, 1 << 20, 1 << 20);
  GpuBench bench{*gpu_, weights};
  const auto check = check_adversarial(kernel_called(GetParam()), threads_, "", &bench);
  ASSERT_TRUE(check) << check.error();
  EXPECT_TRUE(check->right()) << check->error << " of " << check->tolerance;
  EXPECT_EQ(gpu_->failure(), "");
}

/// Kernels with more than one set of parameters. A driver takes a second to compile each, so not all formats
/// are tried: one of each way to read, and one of those that need a table.
std::vector<std::string> searched_kernels() {
  constexpr std::array tried{FormatId::none, FormatId::f16, FormatId::q4_K, FormatId::mxfp4, FormatId::q8_0};
  std::vector<std::string> names;
  for (const Kernel& kernel : all_kernels()) {
    const bool in_format = std::find(tried.begin(), tried.end(), kernel.format) != tried.end();
    if (kernel.backend == Backend::vulkan && kernel.parameters.size() > 1 && in_format)
      names.push_back(kernel.name);
  }
  return names;
}

class VulkanSearch : public VulkanKernel {};

/// Runs where this GPU has workgroups of that kind.
TEST_P(VulkanSearch, IsRightWithEverySetOfParameters) {
  const Kernel& kernel = kernel_called(GetParam());
  GpuWeightPool weights(*gpu_, 1 << 20, 1 << 20, 1, Data::adversarial);
  ThreadPool threads(1);
  WeightPool cpu_weights(1 << 20, 1 << 20);
  for (const GpuParameters& parameters : kernel.parameters) {
    SCOPED_TRACE(testing::PrintToString(parameters));
    GpuBench gpu{*gpu_, weights, {{kernel.name, parameters}}};
    Workbench bench{
        .pool = threads, .weights = cpu_weights, .seed = 3, .data = Data::adversarial, .gpu = &gpu};
    const auto prepared = kernel.prepare(small_problem(kernel.op, kernel.format), bench);
    if (!prepared) {
      EXPECT_NE(prepared.error().find("this GPU has no workgroups"), std::string::npos) << prepared.error();
      continue;
    }
    const Check check = (*prepared)->check(UINT32_MAX);
    EXPECT_TRUE(check.right()) << check.error << " of " << check.tolerance;
  }
}

class VulkanGpu : public testing::Test {
 protected:
  void SetUp() override {
    std::string reason;
    gpu_ = test_gpu(reason);
    if (!gpu_) GTEST_SKIP() << reason;
  }
  Gpu* gpu_ = nullptr;
};

/// A GPU whose clock rises with each run: the seconds of each run, of which the last stays.
struct Clock {
  std::vector<double> runs;
  size_t done = 0;
  double operator()() { return runs[std::min(done++, runs.size() - 1)]; }
};

TEST(VulkanWarmUp, GoesOnWhileTheClockRises) {
  Clock clock{.runs = {0.008, 0.007, 0.006, 0.005, 0.004}};
  EXPECT_TRUE(warm_up(std::ref(clock), 0.010, 0.4));
  EXPECT_EQ(clock.done, 6U) << "the fifth was faster than the fourth, the sixth no longer";
}

TEST(VulkanWarmUp, WorksForTheLeastTimeThoughNothingGetsFaster) {
  Clock clock{.runs = {0.004}};
  EXPECT_TRUE(warm_up(std::ref(clock), 0.058, 0.4));
  EXPECT_EQ(clock.done, 15U);
}

TEST(VulkanWarmUp, EndsThoughEveryRunIsFasterAndWhereTheGpuFails) {
  Clock clock{.runs = {}};
  for (double seconds = 0.2; clock.runs.size() < 50; seconds *= 0.9) clock.runs.push_back(seconds);
  EXPECT_TRUE(warm_up(std::ref(clock), 0.010, 0.4));
  EXPECT_EQ(clock.done, 3U);
  EXPECT_FALSE(warm_up([] { return -1.0; }, 0.010, 0.4));
}

TEST_F(VulkanGpu, ThatIsNotThereIsNotOpened) {
  const auto gpu = Gpu::open("0000000000000000");
  ASSERT_FALSE(gpu);
  EXPECT_NE(gpu.error().find("0000000000000000"), std::string::npos);
}

TEST_F(VulkanGpu, OfSeveralDriversTheNamedOneIsTaken) {
  const auto gpu = [](const char* id, const char* driver) {
    GpuFacts facts;
    facts.id = id;
    facts.driver = driver;
    return facts;
  };
  const std::vector gpus{gpu("b", "radv"), gpu("a", "radv"), gpu("a", "AMD open-source driver")};
  EXPECT_EQ(chosen_gpu(gpus, "a", "AMD open-source driver"), 2U);
  EXPECT_EQ(chosen_gpu(gpus, "a", "radv"), 1U);
  EXPECT_EQ(chosen_gpu(gpus, "a", ""), 1U) << "the loader's first";
  EXPECT_EQ(chosen_gpu(gpus, "a", "a driver that no longer names itself so"), 1U);
  EXPECT_FALSE(chosen_gpu(gpus, "c", "radv"));
}

TEST_F(VulkanGpu, MemoryThatCannotBeHadIsAReasonAndTheGpuGoesOn) {
  const auto refused = make_buffer(*gpu_, uint64_t{1} << 46, GpuMemory::device);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("MiB of the GPU's memory could not be had"), std::string::npos)
      << refused.error();
  EXPECT_EQ(gpu_->failure(), "");
  EXPECT_TRUE(make_buffer(*gpu_, 64, GpuMemory::device));
}

TEST_F(VulkanGpu, ReadsBackWhatWasWritten) {
  const auto buffer = make_buffer(*gpu_, 40 << 20, GpuMemory::device);  // more than is carried at a time
  ASSERT_TRUE(buffer) << buffer.error();
  std::vector<uint32_t> sent(5 << 20), found(sent.size());
  Random random(7);
  for (uint32_t& word : sent) word = static_cast<uint32_t>(random());
  ASSERT_TRUE(write_buffer(*gpu_, *buffer, 12, std::as_bytes(std::span(sent))));
  ASSERT_TRUE(read_buffer(*gpu_, *buffer, 12, std::as_writable_bytes(std::span(found))));
  EXPECT_EQ(sent, found);
}

TEST_F(VulkanGpu, AShaderThatIsNotThereIsAnError) {
  const auto pipeline = pipeline_of(*gpu_, {"gemv.no_format.int8", {}, 1, 0});
  ASSERT_FALSE(pipeline);
  EXPECT_NE(pipeline.error().find("no such shader"), std::string::npos) << pipeline.error();
}

TEST_F(VulkanGpu, AttentionInManyStretchesAndOverTwoGroupsIsRight) {
  ThreadPool threads(1);
  WeightPool cpu_weights(1 << 20, 1 << 20);
  GpuWeightPool weights(*gpu_, 8 << 20, 16 << 20);
  GpuBench gpu{*gpu_, weights};
  Workbench bench{.pool = threads, .weights = cpu_weights, .gpu = &gpu};
  const Problem decode{
      .op = Op::attention, .format = FormatId::f16, .k = 64, .heads = 24, .kv_heads = 2, .context = 700};
  const Problem whole{
      .op = Op::prefill_attention, .format = FormatId::q8_0, .n = 70, .k = 96, .heads = 6, .kv_heads = 3};
  for (const Problem& problem : {decode, whole}) {
    const auto kernels = gpu_kernels_for(problem, gpu_->facts());
    ASSERT_FALSE(kernels.empty());
    const auto prepared = kernels.front()->prepare(problem, bench);
    ASSERT_TRUE(prepared) << prepared.error();
    const Check check = (*prepared)->check(UINT32_MAX);
    EXPECT_TRUE(check.right()) << describe(problem) << ": " << check.error << " of " << check.tolerance;
  }
}

TEST_F(VulkanGpu, TimesCallsByItsOwnClock) {
  ThreadPool threads(1);
  WeightPool cpu_weights(1 << 20, 1 << 20);
  GpuWeightPool weights(*gpu_, 4 << 20, 8 << 20);
  GpuBench gpu{*gpu_, weights};
  Workbench bench{.pool = threads, .weights = cpu_weights, .gpu = &gpu};
  for (const Problem& problem :
       {Problem{.op = Op::dispatch}, Problem{.op = Op::submit},
        Problem{.op = Op::gemv, .format = FormatId::q4_0, .m = 256, .n = 1, .k = 256}}) {
    const auto prepared = gpu_kernels_for(problem, gpu_->facts()).front()->prepare(problem, bench);
    ASSERT_TRUE(prepared) << prepared.error();
    (*prepared)->run();
    EXPECT_GT((*prepared)->own_seconds(), 0) << describe(problem);
    EXPECT_LT((*prepared)->own_seconds(), 10) << describe(problem);
  }
}

/// "gemv_q4_0_int8" of "vulkan.gemv.q4_0.int8".
std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(info.param.find('.') + 1);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, VulkanKernel, testing::ValuesIn(kernel_names()), test_name);
INSTANTIATE_TEST_SUITE_P(All, VulkanSearch, testing::ValuesIn(searched_kernels()), test_name);

}  // namespace
}  // namespace weighin
