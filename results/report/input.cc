// What a report shows of one device, gathered from the store and answered over the catalogue.
#include "models/names/catalogue.h"
#include "results/accuracy/accuracy.h"
#include "results/fit/cpu_or_gpu.h"
#include "results/report/report.h"

namespace weighin {
namespace {

/// The best format's verdict on every published model; a shape made to stand for a class is nobody's model.
std::vector<Verdict> published_models(const Question& question, const Capacity& capacity,
                                      const CostModel& costs) {
  std::vector<Verdict> verdicts;
  for (const ModelShape& model : all_models()) {
    if (!model.made) verdicts.push_back(fit(model, question, capacity, costs));
  }
  return verdicts;
}

/// Each size class's reference model in each format: classes smallest first, formats as formats.inc has them.
std::vector<Verdict> class_by_format(const Question& question, const Capacity& capacity,
                                     const CostModel& costs) {
  std::vector<Verdict> verdicts;
  for (const SizeClass& size_class : all_size_classes()) {
    const ModelShape& model = reference_model(size_class);
    for (const FileFormat& format : kernel_file_formats()) {
      Question in_format = question;
      in_format.format = format.id;
      Verdict verdict = fit(model, in_format, capacity, costs);
      verdict.size_class = size_class.name;  // the class it stands for
      verdict.terms.clear();                 // the grid shows no explanations
      verdicts.push_back(std::move(verdict));
    }
  }
  return verdicts;
}

}  // namespace

tl::expected<ReportInput, std::string> report_input(const Store& store, const Device& device,
                                                    const Capacity& capacity, const Question& question) {
  auto measurements = store.measurements(device.id);
  if (!measurements) return tl::unexpected(measurements.error());
  auto run = store.last_run(device.id);
  if (!run) return tl::unexpected(run.error());
  const auto verified = store.verifications(device.id);
  if (!verified) return tl::unexpected(verified.error());
  ReportInput input{.device = device,
                    .capacity = capacity,
                    .question = question,
                    .run = std::move(*run),
                    .measurements = std::move(*measurements),
                    .best = {},
                    .grid = {},
                    .accuracy = {}};
  input.accuracy = measured_accuracy_sentence(*verified, question.engine, isa_of(input.measurements));
  const CostModel costs(input.measurements, *verified);
  use_allocated(input.capacity, input.measurements);
  input.comparison = comparison_sentence(cpu_or_gpu(question, input.capacity, costs));
  warn_of_unmeasured_gpus(input.capacity, input.measurements);
  input.best = published_models(question, input.capacity, costs);
  input.grid = class_by_format(question, input.capacity, costs);
  return input;
}

}  // namespace weighin
