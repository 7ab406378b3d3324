#include "results/report/headline.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/report/words.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

/// Among the models with `task` and `answer`, those of the largest size class, the largest model first.
std::vector<const Verdict*> largest_class(const std::vector<Verdict>& best, Task task, Answer answer) {
  std::vector<const Verdict*> found;
  for (const Verdict& v : best) {
    if (v.needs.task == task && v.judgement.answer == answer) found.push_back(&v);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](auto* a, auto* b) { return a->needs.params > b->needs.params; });
  if (!found.empty()) {
    const std::string size_class = found.front()->needs.size_class;
    std::erase_if(found, [&](const Verdict* v) { return v->needs.size_class != size_class; });
  }
  return found;
}

std::string model_sentence(const std::vector<const Verdict*>& models) {
  const Verdict& v = *models.front();
  std::string text = fmt::format("The largest known model there: {} in {}", v.needs.model, v.needs.format);
  if (v.placement.layout && !v.placement.layout->on_cpu()) text += " on " + placement_name(v.placement);
  if (const std::optional<Interval> speed = judged_speed(v))
    text += ", " + interval_with_unit(*speed, speed_unit(v));
  if (v.prediction.ttft_s) text += fmt::format(", first token in {} s", two_digits(v.prediction.ttft_s->mid));
  text += fmt::format(", {} of memory", gib_text(v.needs.memory.needed_bytes()));
  if (v.judgement.borderline) text += "; it is borderline";
  text += ".";
  if (models.size() == 1) return text;
  std::vector<std::string> others;
  for (size_t i = 1; i < models.size(); ++i) others.push_back(models[i]->needs.model);
  return text + fmt::format(" In the same class, with the same answer: {}.", fmt::join(others, ", "));
}

bool measured(const ReportInput& input) {
  return std::any_of(input.measurements.begin(), input.measurements.end(),
                     [](const Measurement& m) { return m.status == Status::measured; });
}

}  // namespace

std::pair<std::string, std::string> report_headline(const ReportInput& input) {
  const std::string& device = input.capacity.device;
  if (!measured(input))
    return {fmt::format("{} has not been measured", device),
            "What fits in memory is known, how fast it runs is not: run weighin run."};
  if (const auto well = largest_class(input.best, Task::chat, Answer::runs_well); !well.empty())
    return {fmt::format("{} runs the {} class well", device, well.front()->needs.size_class),
            model_sentence(well)};
  if (const auto runs = largest_class(input.best, Task::chat, Answer::runs); !runs.empty())
    return {fmt::format("{} runs the {} class, and none well", device, runs.front()->needs.size_class),
            model_sentence(runs)};
  if (const auto encodes = largest_class(input.best, Task::encode, Answer::runs_well); !encodes.empty())
    return {fmt::format("{} runs no chat model well, encoders of the {} class do", device,
                        encodes.front()->needs.size_class),
            model_sentence(encodes)};
  return {fmt::format("{} runs no known model well", device),
          "The table of models says what binds for each of them."};
}

}  // namespace weighin
