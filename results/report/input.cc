#include "results/report/input.h"

#include "models/names/catalogue.h"
#include "results/accuracy/sentence.h"
#include "results/fit/cpu_or_gpu.h"
#include "results/fit/weigh.h"

namespace weighin {
namespace {

/// The verdict on every published model in its best format. Shapes that only stand for a size class are left
/// out, because nobody can download them.
std::vector<Verdict> published_models(const Question& question, const DeviceProfile& device) {
  std::vector<Verdict> verdicts;
  for (const ModelShape& model : all_models()) {
    if (!model.made) verdicts.push_back(weigh_model(model, question, device));
  }
  return verdicts;
}

/// The verdict on each size class's reference model in each format: the smallest class first, formats in the
/// order of file_formats.inc.
std::vector<Verdict> class_by_format(const Question& question, const DeviceProfile& device) {
  std::vector<Verdict> verdicts;
  for (const SizeClass& size_class : all_size_classes()) {
    const ModelShape& model = reference_model(size_class);
    for (const FileFormat& format : kernel_file_formats()) {
      Question in_format = question;
      in_format.format = format.id;
      Verdict verdict = weigh_model(model, in_format, device);
      verdict.needs.size_class = size_class.name;  // the class it stands for
      verdict.prediction.terms.clear();            // the grid shows no explanations
      verdicts.push_back(std::move(verdict));
    }
  }
  return verdicts;
}

}  // namespace

ReportInput report_input(const Device& device, const DeviceProfile& profile, std::optional<Run> run,
                         const Question& question) {
  const MeasuredDevice& measured = *profile.measured;
  return {.device = device,
          .capacity = profile.capacity,
          .question = question,
          .run = std::move(run),
          .measurements = measured.measurements,
          .best = published_models(question, profile),
          .grid = class_by_format(question, profile),
          .accuracy = measured_accuracy_sentence(measured.verifications, question.engine,
                                                 isa_of(measured.measurements), &measured.costs),
          .comparison = comparison_sentence(cpu_or_gpu(question, profile))};
}

}  // namespace weighin
