// One way to weigh: drawn at random, a model in a format on a device or in a size of memory has the same
// bytes, verdict and speed in every answer that weighin gives.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "models/names/catalogue.h"
#include "probes/devices/catalogue.h"
#include "results/coverage/coverage.h"
#include "results/coverage/smallest_device.h"
#include "results/fit/weigh.h"
#include "results/report/report.h"
#include "results/shrink/shrink.h"
#include "tests/results/measured/gpu_rows.h"

namespace weighin {
namespace {

constexpr int draws = 200;

class Draw {
 public:
  explicit Draw(unsigned seed) : random_(seed) {}

  const ModelShape& model() {
    const auto& all = all_models();
    for (;;) {
      const ModelShape& shape = all[below(all.size())];
      if (shape.undisclosed.empty() && !shape.made && shape.task == Task::chat) return shape;
    }
  }
  FileFormatId format() {
    const auto all = all_file_formats();
    for (;;) {
      const FileFormat& format = all[below(all.size())];
      if (format.container == Container::gguf && format.id != FileFormatId::as_stored) return format.id;
    }
  }
  /// A device of the catalogue in one of the sizes that it is sold in.
  PublishedDevice device() {
    const auto& all = all_devices();
    for (;;) {
      const DeviceSpec& spec = all[below(all.size())];
      if (spec.memory_gib.empty() || !bandwidth_of(spec, spec.usual_part).known()) continue;
      return {{.device = &spec,
               .part = spec.usual_part,
               .memory_gib = spec.memory_gib[below(spec.memory_gib.size())],
               .assumed = {},
               .recalled = recalled_numbers(spec, spec.usual_part)},
              RunsAs::native};
    }
  }
  uint64_t below(uint64_t end) { return std::uniform_int_distribution<uint64_t>(0, end - 1)(random_); }

 private:
  std::mt19937 random_;
};

void expect_same(const Verdict& a, const Verdict& b) {
  EXPECT_EQ(a.needs.memory.needed_bytes(), b.needs.memory.needed_bytes());
  EXPECT_EQ(a.needs.download_bytes, b.needs.download_bytes);
  EXPECT_EQ(a.fits, b.fits);
  EXPECT_EQ(a.judgement.answer, b.judgement.answer);
  EXPECT_EQ(a.limit.text, b.limit.text);
  ASSERT_EQ(a.prediction.decode_tps.has_value(), b.prediction.decode_tps.has_value());
  if (!a.prediction.decode_tps) return;
  EXPECT_EQ(a.prediction.decode_tps->mid, b.prediction.decode_tps->mid);
  EXPECT_EQ(a.prediction.prefill_tps->mid, b.prediction.prefill_tps->mid);
}

TEST(OneWay, EveryAnswerHasTheSameBytesVerdictAndSpeed) {
  Draw draw(15);
  for (int i = 0; i < draws; ++i) {
    const ModelShape& model = draw.model();
    Question question;
    question.format = draw.format();
    const bool size_alone = i % 3 == 0;
    const PublishedDevice published = draw.device();
    const DeviceProfile device = size_alone ? memory_profile((uint64_t{1} << 28) * (1 + draw.below(64)))
                                            : published_profile(published);
    const Verdict fit = weigh_model(model, question, device);
    SCOPED_TRACE(fmt::format("{} {} on {}", model.name, fit.needs.format, device.capacity.device));
    // What the memory command says is needed.
    EXPECT_EQ(
        memory_use(model, file_format_of(*question.format), needed_settings(fit.needs.context, FormatId::f16))
            .needed_bytes(),
        fit.needs.memory.needed_bytes());

    const auto shrunk = shrink(model, {.format = *question.format, .context = 0}, device);
    ASSERT_TRUE(shrunk) << shrunk.error();
    expect_same(shrunk->as_it_is.verdict, fit);
    for (const ShrinkOption& option : shrunk->options) {
      if (option.technique != "quantization") continue;
      Question smaller = question;
      smaller.format = find_file_format(option.verdict.needs.format)->id;
      expect_same(option.verdict, weigh_model(model, smaller, device));
    }
    if (size_alone) continue;

    Population population;
    population.name = "drawn";
    population.rows.push_back({.name = "it", .weight = 1, .device = published.named});
    const auto coverage = coverage_of(model, {.question = question}, population);
    ASSERT_TRUE(coverage) << coverage.error();
    expect_same(coverage->rows.front().verdict, fit);

    const auto smallest = devices_that_run(model, question, RunsAs::native, [&](const DeviceSpec& one) {
      return &one == published.named.device;
    });
    ASSERT_TRUE(smallest) << smallest.error();
    if (runs(fit.judgement.answer)) {
      ASSERT_EQ(smallest->size(), 1u);
      EXPECT_LE(smallest->front().memory_gib, published.named.memory_gib);
      if (smallest->front().memory_gib == published.named.memory_gib)
        expect_same(smallest->front().verdict, fit);
    }
  }
}

TEST(OneWay, AsManyLayersGoToAGpuAsTheMemoryCommandSays) {
  Draw draw(16);
  int split = 0;
  for (int i = 0; i < 100; ++i) {
    const ModelShape& model = draw.model();
    Question question;
    question.format = draw.format();
    question.place = PlaceAsked::split;
    const uint64_t vram = made_gpu::gib * (1 + draw.below(24));
    const DeviceProfile device = measured_profile(
        made_gpu::machine({made_gpu::gpu(made_gpu::card, "Card", vram)}, 4000 * made_gpu::gib), {});
    const Verdict v = weigh_model(model, question, device);
    if (!v.placement.on_gpu() || v.placement.layout->cpu_layers() == 0) continue;
    ++split;
    const uint32_t most = llamacpp::best_split(model, file_format_of(*question.format),
                                               needed_settings(v.needs.context, FormatId::f16), vram)
                              .gpu_layers;
    // A split leaves a layer to the CPU at least, even where the GPU would hold them all.
    EXPECT_EQ(v.placement.layout->gpu_layers(), std::min(most, model.layers))
        << model.name << " " << v.needs.format;
  }
  EXPECT_GT(split, 10);
}

TEST(OneWay, AReportSaysWhatFitSays) {
  std::vector<Measurement> rows;
  for (const char* name : {"llama-3.1-8b", "gemma-2b", "qwen3-0.6b"})
    made_gpu::add(rows, made_gpu::model(name), FileFormatId::q4_0, made_gpu::cpu_speed);
  const DeviceProfile device = measured_profile(made_gpu::machine({}), rows);
  const ReportInput report = report_input({}, device, std::nullopt, {});
  for (const Verdict& shown : report.best) {
    SCOPED_TRACE(shown.needs.model);
    expect_same(shown, weigh_model(*find_model(shown.needs.model), {}, device));
  }
  EXPECT_GT(report.best.size(), 200u);
}

}  // namespace
}  // namespace weighin
