// Placements: bytes on each side to the byte, unified memory once, several GPUs, what a step costs on each.
#include "results/capacity/placement.h"

#include <gtest/gtest.h>

#include "results/measured/placed_step.h"
#include "tests/results/measured/gpu_rows.h"

namespace weighin {
namespace {

using namespace made_gpu;

PlacedModel placed_model(const ModelShape& shape, FileFormatId format = FileFormatId::q4_0) {
  const MemorySettings settings = needed_settings(4096, FormatId::f16);
  const FileFormat& file = file_format_of(format);
  const MemoryUse memory = memory_use(shape, file, settings);
  return {llamacpp::layer_bytes(shape, file, settings, memory.compute_bytes), memory};
}

std::vector<const GpuCapacity*> all(const std::vector<GpuCapacity>& gpus) {
  std::vector<const GpuCapacity*> pointers;
  for (const GpuCapacity& gpu : gpus) pointers.push_back(&gpu);
  return pointers;
}

TEST(Placement, WeightsAndCacheLieOnOneSideEach) {
  const PlacedModel llama = placed_model(model("llama-3.1-8b"));  // its head is not tied
  const std::vector<GpuCapacity> gpus{gpu(card, "Card", 8 * gib)};
  ASSERT_EQ(llama.layers.layers(), 32u);
  for (const uint32_t first : {0u, 1u, 20u, 32u}) {
    const Placement placement = place(llama, all(gpus), first);
    EXPECT_EQ(placement.memory.weights_bytes, llama.memory.weights_bytes) << first;
    EXPECT_EQ(placement.memory.kv_bytes, llama.memory.kv_bytes) << first;
    EXPECT_EQ(placement.cpu_bytes + placement.gpu_bytes(), placement.memory.needed_bytes()) << first;
    EXPECT_EQ(placement.gpu_layers(), 33 - first);
  }
}

TEST(Placement, ATiedHeadIsHeldTwice) {
  const ModelShape& shape = model("gemma-2b");
  const PlacedModel gemma = placed_model(shape);
  const std::vector<GpuCapacity> gpus{gpu(card, "Card", 8 * gib)};
  EXPECT_GT(gemma.layers.tied_weights, 0u);
  EXPECT_EQ(place(gemma, all(gpus), 0).memory.weights_bytes,
            gemma.memory.weights_bytes + gemma.layers.tied_weights);
}

TEST(Placement, TheCpuKeepsTheEmbeddingAndTheProgram) {
  const PlacedModel llama = placed_model(model("llama-3.1-8b"));
  const std::vector<GpuCapacity> gpus{gpu(card, "Card", 8 * gib)};
  const Placement whole = place(llama, all(gpus), 0);
  EXPECT_EQ(whole.cpu_bytes, llama.layers.other_weights + llama.memory.other_bytes());
}

TEST(Placement, UnifiedMemoryCountsOnce) {
  const PlacedModel llama = placed_model(model("llama-3.1-8b"));
  std::vector<GpuCapacity> gpus{gpu(card, "Card", 32 * gib)};
  const Placement own = place(llama, all(gpus), 0);
  gpus[0].unified = true;
  const Placement shared = place(llama, all(gpus), 0);
  EXPECT_EQ(own.machine_bytes(), own.cpu_bytes);
  EXPECT_EQ(shared.machine_bytes(), shared.cpu_bytes + shared.gpu_bytes());
  EXPECT_TRUE(fits_in_memory(shared, shared.cpu_bytes + shared.gpu_bytes()));
  EXPECT_FALSE(fits_in_memory(shared, shared.cpu_bytes + shared.gpu_bytes() - 1));
  EXPECT_TRUE(fits_in_memory(own, own.cpu_bytes));
  EXPECT_FALSE(fits_in_memory(own, own.cpu_bytes - 1));
}

TEST(Placement, SplitsHoldTheMostLayersThatFit) {
  const PlacedModel llama = placed_model(model("llama-3.1-8b"));
  const std::vector<GpuCapacity> gpus{gpu(card, "Card", 3 * gib)};
  const auto found = placements(llama, all(gpus), 16 * gib, PlaceAsked::split);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_LE(found[0].gpu_bytes(), 3 * gib);
  EXPECT_GT(place(llama, all(gpus), found[0].cpu_layers() - 1).gpu_bytes(), 3 * gib);
  EXPECT_EQ(placement_name(found[0]),
            "gpu Card " + std::to_string(found[0].gpu_layers()) + " of 33 layers + cpu");
}

TEST(Placement, SeveralGpusShareInProportionToTheirMemory) {
  const PlacedModel llama = placed_model(model("llama-3.1-8b"));
  const std::vector<GpuCapacity> gpus{gpu(card, "A", 6 * gib), gpu(other_card, "B", 3 * gib)};
  const Placement both = place(llama, all(gpus), 0);
  ASSERT_EQ(both.gpus.size(), 2u);
  EXPECT_EQ(both.gpus[0].first, 0u);
  EXPECT_EQ(both.gpus[0].end, 22u);  // of 33, two thirds
  EXPECT_EQ(both.gpus[1].first, 22u);
  EXPECT_EQ(both.gpus[1].end, 33u);
  EXPECT_EQ(placement_name(both), "gpus A + B");
  // Each side that computes layers is counted with the compute buffer.
  EXPECT_EQ(both.gpu_bytes(), place(llama, all({gpus[0]}), 0).gpu_bytes() + llama.layers.compute_bytes);
}

TEST(Placement, ContextsGrowUntilASideIsFull) {
  const ModelShape& shape = model("llama-3.1-8b");
  const std::vector<GpuCapacity> gpus{gpu(card, "Card", 6 * gib)};
  const Placement whole = place(placed_model(shape), all(gpus), 0);
  const FileFormat& file = file_format_of(FileFormatId::q4_0);
  const uint32_t most = largest_context(shape, file, whole, 16 * gib, needed_settings(4096, FormatId::f16));
  const auto bytes_at = [&](uint32_t context) {
    const MemorySettings settings = needed_settings(context, FormatId::f16);
    const MemoryUse memory = memory_use(shape, file, settings);
    const PlacedModel there{llamacpp::layer_bytes(shape, file, settings, memory.compute_bytes), memory};
    return place(there, all(gpus), 0).gpu_bytes();
  };
  EXPECT_GT(most, 4096u);
  EXPECT_LE(bytes_at(most), 6 * gib);
  EXPECT_GT(bytes_at(most + context_step), 6 * gib);
}

double times_of(const std::vector<ProblemUse>& step, Op op) {
  double times = 0;
  for (const ProblemUse& use : step)
    if (use.problem.op == op) times += use.times;
  return times;
}
uint64_t bytes_of(const std::vector<ProblemUse>& step, Op op) {
  for (const ProblemUse& use : step)
    if (use.problem.op == op) return use.problem.m;
  return 0;
}

TEST(PlacedStep, EveryOperationIsDoneOnceAndTheRowsAreCopied) {
  const ModelShape& shape = model("llama-3.1-8b");
  const std::vector<GpuCapacity> gpus{gpu(card, "A", 6 * gib), gpu(other_card, "B", 3 * gib)};
  const Placement placement = place(placed_model(shape), all(gpus), 9);
  const auto step = prefill_step(shape, file_format_of(FileFormatId::q4_0), 512);
  const PlacedStep placed = placed_step(step, shape, placement, 512);
  ASSERT_EQ(placed.gpus.size(), 2u);
  for (const Op op : {Op::gemm, Op::gemv, Op::prefill_attention, Op::rms_norm, Op::embedding, Op::softmax})
    EXPECT_NEAR(times_of(placed.cpu, op) + times_of(placed.gpus[0], op) + times_of(placed.gpus[1], op),
                times_of(step, op), 1e-9)
        << op_name(op);
  EXPECT_NEAR(times_of(placed.cpu, Op::prefill_attention), 9, 1e-9);
  EXPECT_EQ(times_of(placed.cpu, Op::embedding), 1);
  EXPECT_EQ(times_of(placed.gpus[1], Op::gemv), 1) << "the head is the last GPU's";
  const uint64_t rows = uint64_t{512} * shape.width * 4;
  for (const auto& side : placed.gpus) {
    EXPECT_EQ(times_of(side, Op::submit), 1);
    EXPECT_EQ(bytes_of(side, Op::copy_to_device), rows);
  }
  EXPECT_EQ(bytes_of(placed.gpus[0], Op::copy_from_device), rows);
  EXPECT_EQ(bytes_of(placed.gpus[1], Op::copy_from_device), uint64_t{shape.vocab} * 4);
}

/// Of `part` alone.
double times_of(const std::vector<ProblemUse>& step, const std::string& part) {
  double times = 0;
  for (const ProblemUse& use : step)
    if (use.part == part) times += use.times;
  return times;
}

/// A decode step in q4_0, the first `cpu_layers` on the CPU and the others on a card that has room for them.
PlacedStep split_decode_step(const ModelShape& shape, uint32_t cpu_layers, uint32_t depth) {
  const std::vector<GpuCapacity> gpus{gpu(card, "A", 20 * gib)};
  const Placement placement = place(placed_model(shape), all(gpus), cpu_layers);
  return placed_step(decode_step(shape, file_format_of(FileFormatId::q4_0), depth), shape, placement, 1);
}

TEST(PlacedStep, EachSideHasTheWorkOfItsOwnLayers) {
  // DeepSeek-V2-Lite: 27 layers, the first dense, the others with 64 experts of which each token has 6.
  const ModelShape& shape = model("deepseek-v2-lite");
  const PlacedStep placed = split_decode_step(shape, 2, 99);
  EXPECT_EQ(times_of(placed.cpu, "expert_up"), 6) << "of the second layer";
  EXPECT_EQ(times_of(placed.gpus[0], "expert_up"), 6 * 25);
  EXPECT_EQ(times_of(placed.gpus[0], "router"), 25);
  const double dense_layers = shape.dense_layers;
  EXPECT_EQ(dense_layers, 1);
  // The shared experts are feed-forwards that every token has.
  EXPECT_EQ(times_of(placed.cpu, "ffn_down"), times_of(placed.gpus[0], "ffn_down") / 25 * 2);
}

TEST(PlacedStep, WindowsStayWithTheirLayers) {
  // Gemma 3: five layers with a window of 512 tokens, then one that sees all of them.
  const ModelShape& shape = model("gemma-3-1b");
  const PlacedStep placed = split_decode_step(shape, 5, 7999);
  for (const ProblemUse& use : placed.cpu) {
    if (use.problem.op != Op::attention) continue;
    EXPECT_EQ(use.problem.context, 512U) << "the first five layers";
  }
  EXPECT_EQ(times_of(placed.cpu, Op::attention), 5);
  EXPECT_EQ(times_of(placed.gpus[0], Op::attention), shape.layers - 5);
}

TEST(PlacedStep, SecondsAreTheSidesAddedUp) {
  const ModelShape& shape = model("llama-3.1-8b");
  std::vector<Measurement> rows;
  add(rows, shape, FileFormatId::q4_0, cpu_speed);
  add(rows, shape, FileFormatId::q4_0, gpu_speed, card, 1e-3);
  const CostModel costs(rows);
  const std::vector<GpuCapacity> gpus{gpu(card, "Card", 8 * gib)};
  const Placement placement = place(placed_model(shape), all(gpus), 16);
  const auto step = decode_step(shape, file_format_of(FileFormatId::q4_0), 640);
  const auto time = timer_of(shape, placement, costs, {})(step, Phase::decode, 1);
  ASSERT_TRUE(time) << time.error();
  const PlacedStep placed = placed_step(step, shape, placement, 1);
  double expected = 1e-3 + 4.0 * (shape.width + shape.vocab) / 10e9;
  for (const ProblemUse& use : placed.cpu) expected += use.times * cpu_speed.of(use.problem);
  for (const ProblemUse& use : placed.gpus[0])
    if (use.problem.op != Op::submit && use.part != "transfer" && use.part != "result")
      expected += use.times * gpu_speed.of(use.problem);
  // A copy has a dispatch's fixed part, of which the long one that was measured holds as much.
  EXPECT_NEAR(time->seconds, expected, 3 * gpu_speed.fixed_s);
  EXPECT_EQ(time->where, "on Card and at 1 thread");
}

}  // namespace
}  // namespace weighin
