#include "results/fit/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "models/names/catalogue.h"
#include "models/names/licence.h"
#include "models/shape/size_class.h"
#include "results/fit/verdict_text.h"
#include "results/text/numbers.h"
#include "results/text/terminal.h"

namespace weighin {
namespace {

/// Larger is better to try.
auto rank_of(const Verdict& v) {
  const ModelShape* model = find_model(v.needs.model);
  return std::tuple(-static_cast<int>(v.judgement.answer), model && is_permissive(model->licence),
                    model ? model->released : std::string());
}

std::string speed_cell(const Verdict& v) {
  if (v.prediction.audio_s_per_s) return interval_text(v.prediction.audio_s_per_s) + " s audio/s";
  if (v.prediction.encode_ms) return interval_text(v.prediction.encode_ms) + " ms/text";
  return v.prediction.decode_tps ? interval_text(v.prediction.decode_tps) + " tok/s" : "-";
}

std::vector<std::string> row_of(const Verdict& v) {
  const auto& first = v.prediction.ttft_s;
  return {v.needs.size_class,
          v.needs.model,
          v.needs.format,
          std::string(answer_name(v.judgement.answer)),
          gib_text(v.needs.memory.needed_bytes()),
          gb_text(v.needs.download_bytes),
          speed_cell(v),
          first ? two_digits(first->mid) + " s" : "-"};
}

/// Lines of the table: every class until the first one that is slow or does not fit, which stands for all
/// larger ones.
std::vector<const Verdict*> shown_of(const std::vector<const Verdict*>& classes) {
  std::vector<const Verdict*> shown;
  for (const Verdict* v : classes) {
    shown.push_back(v);
    const Answer answer = v->judgement.answer;
    if (answer == Answer::does_not_fit || answer == Answer::slow) break;
  }
  return shown;
}

const Verdict* largest_well(const std::vector<const Verdict*>& classes) {
  const Verdict* largest = nullptr;
  for (const Verdict* v : classes)
    if (v->judgement.answer == Answer::runs_well) largest = v;
  return largest;
}

std::string headline(const std::vector<const Verdict*>& classes) {
  if (const Verdict* well = largest_well(classes))
    return fmt::format("Runs well up to the {} class.", well->needs.size_class);
  const auto runs_at_all = std::find_if(classes.rbegin(), classes.rend(),
                                        [](const Verdict* v) { return runs(v->judgement.answer); });
  if (runs_at_all != classes.rend())
    return fmt::format("Runs models up to the {} class, none of them well.",
                       (*runs_at_all)->needs.size_class);
  const bool unknown = std::all_of(classes.begin(), classes.end(), [](const Verdict* v) {
    return v->judgement.answer == Answer::unknown || v->judgement.answer == Answer::does_not_fit;
  });
  return unknown ? "How fast models run here is not known: `weighin run` measures it. What fits in memory is "
                   "below."
                 : "Runs no chat model of the catalogue.";
}

/// What would lift the limit of `v`, as arithmetic where there is one.
std::string help_for(const Verdict& v, const Question& question) {
  const Limit& limit = v.limit;
  const Prediction& p = v.prediction;
  switch (limit.kind) {
    case LimitKind::speed:
      if (p.decode_tps && p.ttft_s && limit.usable == p.ttft_s->mid && p.prefill_tps) {
        const double seconds = limit.needed - 1 / p.decode_tps->mid;
        const double prompt = std::floor(seconds * p.prefill_tps->mid);
        const std::string shorter = prompt >= 1 ? fmt::format("a prompt of {:.0f} tokens in place of {}, or ",
                                                              prompt, question.prompt)
                                                : "";
        return fmt::format("{}{} times the arithmetic (a GPU)", shorter,
                           two_digits(limit.usable / limit.needed));
      }
      return fmt::format("{} times the memory bandwidth, or a GPU", two_digits(limit.needed / limit.usable));
    case LimitKind::storage:
      return fmt::format("{} more of free storage",
                         gb_text(static_cast<uint64_t>(std::max(0.0, limit.needed - limit.usable))));
    case LimitKind::unknown:
    case LimitKind::none:
      return "measuring this device: weighin run";
    default:
      return fmt::format("{} more of memory, or a smaller model: weighin shrink {}",
                         gib_text(static_cast<uint64_t>(std::max(0.0, limit.needed - limit.usable))),
                         v.needs.model);
  }
}

/// The smallest class above those that run well; nullptr where all do.
const Verdict* next_class(const std::vector<const Verdict*>& classes) {
  const Verdict* well = largest_well(classes);
  const auto begin = well ? std::find(classes.begin(), classes.end(), well) + 1 : classes.begin();
  return begin == classes.end() ? nullptr : *begin;
}

std::string beyond_text(const std::vector<const Verdict*>& classes, const Question& question,
                        size_t columns) {
  const Verdict* next = next_class(classes);
  if (!next) return "";
  return wrapped(fmt::format("What binds: the {} class ({} in {}) {}.", next->needs.size_class,
                             next->needs.model, next->needs.format, next->limit.text),
                 0, columns) +
         wrapped("What would help: " + help_for(*next, question) + ".", 0, columns);
}

std::string table_text(const std::vector<const Verdict*>& shown, std::vector<std::string> titles) {
  std::vector<std::vector<std::string>> rows{std::move(titles)};
  for (const Verdict* v : shown) rows.push_back(row_of(*v));
  std::string text;
  for (const std::string& line : aligned(rows, {4, 5, 6, 7})) text += line + "\n";
  return text;
}

}  // namespace

std::vector<const Verdict*> best_of_each_class(std::span<const Verdict> verdicts, Task task) {
  std::map<uint64_t, const Verdict*> best;  // by the class's nominal parameters
  for (const Verdict& v : verdicts) {
    if (v.needs.params == 0 || v.needs.task != task) continue;
    const SizeClass* size_class = find_size_class(v.needs.size_class);
    if (!size_class) continue;
    const Verdict*& of_class = best[size_class->nominal_params];
    if (!of_class || rank_of(v) > rank_of(*of_class)) of_class = &v;
  }
  std::vector<const Verdict*> found;
  for (const auto& [params, v] : best) found.push_back(v);
  return found;
}

std::string summary_text(std::span<const Verdict> verdicts, const Capacity& capacity,
                         const Question& question, const std::string& accuracy, unsigned columns) {
  const auto chat = best_of_each_class(verdicts, Task::chat),
             encoders = best_of_each_class(verdicts, Task::encode);
  std::string text = wrapped(device_text(capacity), 0, columns) + "\n";
  text += wrapped(headline(chat), 0, columns) + "\n";
  text += table_text(shown_of(chat), {"CLASS", "MODEL TO TRY", "FORMAT", "VERDICT", "MEMORY", "DOWNLOAD",
                                      "SPEED (80%)", "FIRST TOKEN"});
  const auto hidden = static_cast<size_t>(chat.size() - shown_of(chat).size());
  if (hidden)
    text += fmt::format("and {} larger {}: weighin fit --all\n", hidden, hidden == 1 ? "class" : "classes");
  if (!encoders.empty())
    text += "\n" + table_text(shown_of(encoders), {"CLASS", "ENCODER", "FORMAT", "VERDICT", "MEMORY",
                                                   "DOWNLOAD", "SPEED (80%)", ""});
  text += "\n" + beyond_text(chat, question, columns);
  text += wrapped(
      fmt::format("Context 4096 or the model's maximum, prompt {}, answer {} tokens. {} Fit and speed, not "
                  "the quality of answers.",
                  question.prompt, question.answer,
                  accuracy.empty() ? std::string() : "Accuracy: " + accuracy + "."),
      0, columns);
  for (const std::string& warning : capacity.warnings) text += wrapped("warning: " + warning, 0, columns);
  const Verdict *next = next_class(chat), *well = largest_well(chat);
  std::vector<std::vector<std::string>> commands{
      {"", "weighin fit " + (well ? well->needs.model : "MODEL"), " one model in full"}};
  if (next) commands.push_back({"", "weighin shrink " + next->needs.model, " what would make it fit"});
  commands.push_back({"", "weighin fit --all", " every model of the catalogue"});
  text += "\n";
  for (const std::string& line : aligned(commands, {})) text += " " + line + "\n";
  return text;
}

}  // namespace weighin
