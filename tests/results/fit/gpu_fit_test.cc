// Verdicts on a machine with GPUs: what fits where, which is faster, which limit is named.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "results/fit/cpu_or_gpu.h"
#include "results/fit/verdict_json.h"
#include "results/fit/verdict_text.h"
#include "results/shrink/shrink_text.h"
#include "tests/results/measured/gpu_rows.h"

namespace weighin {
namespace {

using namespace made_gpu;

const ModelShape& llama() {
  return model("llama-3.1-8b");
}

/// The CPU and both cards measured with all that llama-3.1-8b needs in q4_0.
std::vector<Measurement> measurements(double submit_s = 50e-6, const Speed& on_gpu = gpu_speed) {
  std::vector<Measurement> rows;
  add(rows, llama(), FileFormatId::q4_0, cpu_speed);
  for (const char* id : {card, other_card}) add(rows, llama(), FileFormatId::q4_0, on_gpu, id, submit_s);
  return rows;
}

Verdict verdict_of(const Capacity& capacity, const std::vector<Measurement>& rows,
                   PlaceAsked place = PlaceAsked::automatic) {
  return weigh_model(llama(), asked(place), measured_profile(capacity, rows));
}

bool says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

const OtherPlacement* other(const Verdict& verdict, const std::string& placement) {
  for (const OtherPlacement& o : verdict.placement.others)
    if (o.placement == placement) return &o;
  return nullptr;
}

TEST(GpuFit, TheFastestPlacementThatFitsIsTheAnswer) {
  const auto rows = measurements();
  const Verdict v = verdict_of(machine({gpu(card, "Card", 8 * gib)}), rows);
  EXPECT_EQ(placement_name(v.placement), "gpu Card");
  EXPECT_EQ(v.fits, true);
  const OtherPlacement* cpu = other(v, "cpu");
  ASSERT_TRUE(cpu);
  EXPECT_GT(v.prediction.decode_tps->mid, 5 * cpu->decode_tps->mid);
  EXPECT_TRUE(says(v.prediction.basis, "on Card")) << v.prediction.basis;

  const Verdict small = verdict_of(machine({gpu(card, "Card", 3 * gib)}), rows);
  EXPECT_TRUE(says(placement_name(small.placement), "of 33 layers + cpu")) << placement_name(small.placement);
  EXPECT_LT(small.prediction.decode_tps->mid, v.prediction.decode_tps->mid);
  EXPECT_GT(small.prediction.decode_tps->mid, other(small, "cpu")->decode_tps->mid);
  ASSERT_TRUE(other(small, "gpu Card"));
  EXPECT_EQ(other(small, "gpu Card")->fits, false);
  EXPECT_TRUE(says(other(small, "gpu Card")->text, "VRAM of Card")) << other(small, "gpu Card")->text;

  const auto slow = measurements(10);  // ten seconds a submission
  EXPECT_EQ(placement_name(verdict_of(machine({gpu(card, "Card", 8 * gib)}), slow).placement), "cpu");
}

TEST(GpuFit, VramDecidesToTheByte) {
  const auto rows = measurements();
  const uint64_t needed =
      verdict_of(machine({gpu(card, "Card", 8 * gib)}), rows, PlaceAsked::gpu).placement.layout->gpu_bytes();
  EXPECT_EQ(verdict_of(machine({gpu(card, "Card", needed)}), rows, PlaceAsked::gpu).fits, true);
  GpuCapacity short_of_one = gpu(card, "Card", needed - 1);
  short_of_one.memory_total_bytes = 8 * gib;
  const Verdict v = verdict_of(machine({short_of_one}), rows, PlaceAsked::gpu);
  EXPECT_EQ(v.fits, false);
  EXPECT_EQ(v.judgement.answer, Answer::does_not_fit);
  EXPECT_EQ(v.limit.kind, LimitKind::vram);
  EXPECT_EQ(v.limit.needed, static_cast<double>(needed));
  EXPECT_TRUE(says(v.limit.text, "VRAM of Card; fits after freeing")) << v.limit.text;
}

TEST(GpuFit, AModelTooLargeForTheMachineMayFitOnTheCard) {
  const auto rows = measurements();
  const Verdict v = verdict_of(machine({gpu(card, "Card", 8 * gib)}, 2 * gib), rows);
  EXPECT_EQ(v.fits, true);
  EXPECT_EQ(placement_name(v.placement), "gpu Card");
  // Unified: that memory is the machine's.
  GpuCapacity shared = gpu(card, "Card", 8 * gib);
  shared.unified = true;
  const Verdict none = verdict_of(machine({shared}, 2 * gib), rows);
  EXPECT_EQ(none.fits, false);
  EXPECT_EQ(none.limit.kind, LimitKind::ram);
}

TEST(GpuFit, ShrinkKnowsThatACardHoldsWhatTheMachineDoesNot) {
  const auto rows = measurements();
  const ShrinkQuestion question{.format = FileFormatId::q4_0, .context = 0};
  const Capacity with_card = machine({gpu(card, "Card", 8 * gib)}, 2 * gib);
  const auto answer = shrink(llama(), question, measured_profile(with_card, rows));
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->as_it_is.verdict.fits, true);
  EXPECT_EQ(placement_name(answer->as_it_is.verdict.placement), "gpu Card");
  EXPECT_GT(answer->as_it_is.verdict.prediction.decode_tps->mid, 0);
  EXPECT_TRUE(says(shrink_text(*answer, with_card), "fits on gpu Card"));
  const auto without = shrink(llama(), question, measured_profile(machine({}, 2 * gib), rows));
  ASSERT_TRUE(without) << without.error();
  EXPECT_EQ(without->as_it_is.verdict.fits, false);
  EXPECT_EQ(placement_name(without->as_it_is.verdict.placement), "cpu");
}

TEST(GpuFit, TwoCardsHoldWhatOneDoesNot) {
  const auto rows = measurements();
  const Capacity two = machine({gpu(card, "A", 4 * gib), gpu(other_card, "B", 4 * gib)}, 3 * gib);
  const Verdict v = verdict_of(two, rows, PlaceAsked::gpu);
  EXPECT_EQ(v.fits, true);
  EXPECT_EQ(placement_name(v.placement), "gpus A + B");
  EXPECT_EQ(other(v, "gpu A")->fits, false);
}

TEST(GpuFit, ADriversLimitIsNamedAlthoughMemoryWouldDo) {
  const auto rows = measurements();
  GpuCapacity small = gpu(card, "Card", 8 * gib);
  small.max_storage_buffer_range = uint64_t{128} << 20;
  small.webgpu = webgpu_limits(0x1002, small.max_storage_buffer_range, small.max_allocation_bytes);
  const Verdict v = verdict_of(machine({small}), rows, PlaceAsked::gpu);
  EXPECT_EQ(v.fits, false);
  EXPECT_EQ(v.limit.kind, LimitKind::max_storage_buffer_range);
  EXPECT_TRUE(says(v.limit.text, "WebGPU")) << v.limit.text;
  // On the CPU it runs, and the card's limit stands beside it.
  const Verdict automatic = verdict_of(machine({small}), rows);
  EXPECT_EQ(placement_name(automatic.placement), "cpu");
  ASSERT_TRUE(other(automatic, "gpu Card"));
  EXPECT_TRUE(says(other(automatic, "gpu Card")->text, "maxStorageBufferRange"));

  GpuCapacity pieces = gpu(card, "Card", 8 * gib);
  pieces.max_allocation_bytes = uint64_t{256} << 20;
  EXPECT_EQ(verdict_of(machine({pieces}), rows, PlaceAsked::gpu).limit.kind,
            LimitKind::max_memory_allocation_size);
  GpuCapacity few = gpu(card, "Card", 8 * gib);
  few.max_allocations = 3;
  EXPECT_EQ(verdict_of(machine({few}), rows, PlaceAsked::gpu).limit.kind,
            LimitKind::max_memory_allocation_count);
}

TEST(GpuFit, AGpuThatWasNotMeasuredChangesNoAnswerAndIsNamed) {
  std::vector<Measurement> rows;
  add(rows, llama(), FileFormatId::q4_0, cpu_speed);
  Capacity with = machine({gpu(card, "Card", 8 * gib)});
  const Verdict a = verdict_of(with, rows), b = verdict_of(machine({}), rows);
  EXPECT_EQ(placement_name(a.placement), "cpu");
  EXPECT_EQ(a.prediction.decode_tps->mid, b.prediction.decode_tps->mid);
  warn_of_unmeasured_gpus(with, rows);
  ASSERT_EQ(with.warnings.size(), 1u);
  EXPECT_TRUE(says(with.warnings[0], "Card")) << with.warnings[0];
  EXPECT_TRUE(says(with.warnings[0], "weighin run")) << with.warnings[0];
  // Asked for: its memory is weighed, its speed is not known.
  const Verdict forced = verdict_of(with, rows, PlaceAsked::gpu);
  EXPECT_EQ(forced.fits, true);
  EXPECT_EQ(forced.judgement.answer, Answer::unknown);
  EXPECT_FALSE(forced.prediction.decode_tps);
  EXPECT_TRUE(says(forced.prediction.basis, "was not measured")) << forced.prediction.basis;

  Measurement lost = measured({.op = Op::gemv, .format = FormatId::q4_0, .m = 1, .n = 1, .k = 256}, 0, card);
  lost.status = Status::failed;
  lost.reason = "device lost";
  rows.push_back(lost);
  with.warnings.clear();
  warn_of_unmeasured_gpus(with, rows);
  ASSERT_EQ(with.warnings.size(), 1u);
  EXPECT_TRUE(says(with.warnings[0], "device lost")) << with.warnings[0];
}

TEST(GpuFit, SoftwareDevicesAnswerForNothing) {
  Machine desk;
  desk.id = "aaaa1111aaaa1111";
  desk.memory.total_bytes = known(16 * gib, "a test");
  desk.memory.available_bytes = known(16 * gib, "a test");
  VulkanDevice rasterizer;
  rasterizer.id = card;
  rasterizer.name = "llvmpipe";
  rasterizer.software = true;
  rasterizer.memory_total_bytes = known(16 * gib, "a test");
  desk.vulkan = known(std::vector{rasterizer}, "a test");
  const Capacity capacity = capacity_now(desk);
  EXPECT_TRUE(capacity.gpus.empty());
  EXPECT_TRUE(stored_capacity(device_of(desk, "now")).gpus.empty());
  // Its rows, however fast, move no answer.
  std::vector<Measurement> cpu_rows;
  add(cpu_rows, llama(), FileFormatId::q4_0, cpu_speed);
  const auto all_rows = measurements(0, {0, 1e15, 1e18});
  for (const std::string engine : {"reference", "llama.cpp"}) {
    Question question = asked();
    question.engine = engine;
    const Verdict alone = weigh_model(llama(), question, measured_profile(capacity, cpu_rows)),
                  beside = weigh_model(llama(), question, measured_profile(capacity, all_rows));
    EXPECT_EQ(alone.prediction.decode_tps->mid, beside.prediction.decode_tps->mid);
    EXPECT_EQ(alone.prediction.prefill_tps->high, beside.prediction.prefill_tps->high);
    EXPECT_EQ(alone.prediction.basis, beside.prediction.basis);
    EXPECT_EQ(placement_name(beside.placement), "cpu");
  }
}

TEST(GpuFit, CapacityIsWhatIsFreeOrTheTotalLessAReserve) {
  Machine desk;
  desk.id = "aaaa1111aaaa1111";
  VulkanDevice probed;
  probed.id = card;
  probed.name = "Card";
  probed.memory_total_bytes = known(8 * gib, "a test");
  probed.memory_free_bytes = known(5 * gib, "a test");
  desk.vulkan = known(std::vector{probed}, "a test");
  EXPECT_EQ(capacity_now(desk).gpus.at(0).memory_bytes, 5 * gib);
  EXPECT_EQ(capacity_now(desk).gpus.at(0).rule, "free now");
  const GpuCapacity stored = stored_capacity(device_of(desk, "now")).gpus.at(0);
  EXPECT_EQ(stored.memory_bytes, 7 * gib);
  EXPECT_EQ(stored.rule, "the total less 1 GiB");
  desk.vulkan.value->front().memory_free_bytes = absent<uint64_t>("no extension says", "a test");
  EXPECT_EQ(capacity_now(desk).gpus.at(0).memory_bytes, 7 * gib);
  EXPECT_TRUE(says(capacity_now(desk).gpus.at(0).rule, "could not be read"));
  Capacity found = stored_capacity(device_of(desk, "now"));
  use_allocated(found, std::vector{measured({.op = Op::allocate, .m = 6 * gib}, 1, card),
                                   measured({.op = Op::allocate, .m = 5 * gib}, 1, card),
                                   measured({.op = Op::allocate, .m = 9 * gib}, 1, other_card)});
  EXPECT_EQ(found.gpus.at(0).memory_bytes, 6 * gib);
}

TEST(GpuFit, AnEngineNeverTimedOnAGpuIsTheKernelsOwnTimeAndWide) {
  const auto rows = measurements();
  Question question = asked(PlaceAsked::gpu);
  const Capacity capacity = machine({gpu(card, "Card", 8 * gib)});
  const Verdict kernels = weigh_model(llama(), question, measured_profile(capacity, rows));
  question.engine = llamacpp_engine;
  const Verdict engine = weigh_model(llama(), question, measured_profile(capacity, rows));
  EXPECT_EQ(engine.prediction.efficiency, EfficiencyBasis::unmeasured);
  EXPECT_TRUE(says(engine.prediction.efficiency_source, "not measured on GPUs"))
      << engine.prediction.efficiency_source;
  EXPECT_NEAR(engine.prediction.decode_tps->mid, kernels.prediction.decode_tps->mid,
              1e-3 * kernels.prediction.decode_tps->mid);
  EXPECT_GT(engine.prediction.decode_tps->mid / engine.prediction.decode_tps->low, 1.7);
  EXPECT_LT(kernels.prediction.decode_tps->mid / kernels.prediction.decode_tps->low, 1.2);
  EXPECT_EQ(kernels.prediction.efficiency, EfficiencyBasis::none);
}

TEST(GpuFit, InputsAreRoundedOnlyWhereTheProductsTakeIntegers) {
  auto rows = measurements();
  const Capacity capacity = machine({gpu(card, "Card", 8 * gib)});
  const auto seconds_of_rounding = [&](const char* arithmetic) {
    for (Measurement& m : rows)
      if (!m.on_cpu()) m.kernel = "vulkan." + std::string(op_name(m.problem.op)) + ".q4_0." + arithmetic;
    double seconds = 0;
    for (const Term& term : verdict_of(capacity, rows, PlaceAsked::gpu).prediction.terms)
      if (term.problem.op == Op::quantize) seconds += term.seconds;
    return seconds;
  };
  EXPECT_GT(seconds_of_rounding("int8"), 0);
  EXPECT_EQ(seconds_of_rounding("float16"), 0);
}

TEST(CpuOrGpu, SmallModelsAreTheCpusWhereSubmittingTakesLong) {
  const Capacity capacity = machine({gpu(card, "Card", 24 * gib)}, 64 * gib);
  const auto compared_at = [&](double submit_s) {
    const auto rows = measurements(submit_s);
    return cpu_or_gpu(asked(), measured_profile(capacity, rows));
  };
  const auto usual = compared_at(2e-3);
  ASSERT_EQ(usual.size(), 1u);
  EXPECT_EQ(usual[0].gpu, "Card");
  EXPECT_EQ(usual[0].format, "q4_0");
  ASSERT_FALSE(usual[0].cpu_faster.empty());
  ASSERT_FALSE(usual[0].gpu_faster.empty());
  const std::string sentence = comparison_sentence(usual);
  EXPECT_EQ(sentence, "On this machine the CPU is faster than Card for q4_0 under " +
                          std::string(usual[0].gpu_faster.front()) + ".");
  EXPECT_TRUE(says(comparison_sentence(compared_at(100)), "in every class"));
  EXPECT_LT(compared_at(100e-6).at(0).cpu_faster.size(), usual[0].cpu_faster.size());
  EXPECT_TRUE(cpu_or_gpu(asked(), measured_profile(machine({}), measurements())).empty());
  EXPECT_EQ(comparison_sentence({}), "");
}

TEST(GpuFit, TextJsonAndCsvSayWhere) {
  const auto rows = measurements();
  const Capacity capacity = machine({gpu(card, "Card", 3 * gib)});
  const DeviceProfile device = measured_profile(capacity, rows);
  const std::vector<Verdict> verdicts{weigh_model(llama(), asked(), device)};
  const auto compared = cpu_or_gpu(asked(), device);
  const auto json = nlohmann::json::parse(verdicts_json(verdicts, capacity, asked(), "", compared));
  EXPECT_EQ(json["gpus"][0]["name"], "Card");
  EXPECT_EQ(json["gpus"][0]["webgpu"]["default_binding_bytes"], 128 << 20);
  EXPECT_EQ(json["cpu_or_gpu"][0]["format"], "q4_0");
  const auto& v = json["verdicts"][0];
  EXPECT_EQ(v["placement"], placement_name(verdicts[0].placement));
  EXPECT_EQ(v["gpu_layers"], verdicts[0].placement.layout->gpu_layers());
  EXPECT_EQ(v["cpu_bytes"].get<uint64_t>() + v["gpu_bytes"].get<uint64_t>(), v["bytes"]["peak"]);
  ASSERT_EQ(v["other_placements"].size(), 2u);
  EXPECT_EQ(v["other_placements"][0]["placement"], "cpu");
  const std::string csv = verdicts_csv(verdicts);
  EXPECT_TRUE(says(csv, ",placement,gpu_layers,cpu_bytes,gpu_bytes,")) << csv;
  EXPECT_TRUE(says(csv, "cpu; gpu Card")) << csv;
  const std::string whole = verdicts_text(verdicts, capacity, asked(), "", true, 100, true, compared);
  for (const char* words : {"GPU Card with 3.0 GiB", "placement", "beside it", "VRAM of Card", "on the GPU",
                            "On this machine the CPU", "on Card"})
    EXPECT_TRUE(says(whole, words)) << words << "\n" << whole;
  const std::string table = verdicts_text(verdicts, capacity, asked(), "", false, 100);
  EXPECT_TRUE(says(table, "WHERE")) << table;
  EXPECT_TRUE(says(table, "/33")) << table;
}

}  // namespace
}  // namespace weighin
