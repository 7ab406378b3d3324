#include "results/shrink/shrink_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/text/numbers.h"

namespace weighin {
namespace {

constexpr size_t most_shown = 15;
constexpr size_t nearest_shown = 3;

/// Bytes that are saved, with a word for the sign.
std::string saved(int64_t bytes) {
  const uint64_t size = static_cast<uint64_t>(bytes < 0 ? -bytes : bytes);
  return fmt::format("{} {}", gib_text(size), bytes < 0 ? "more" : "less");
}

/// "+2.8% perplexity, WikiText-2 (on llama-3-8b; SOURCE)".
std::string quality_text(const QualityCost& cost) {
  if (!cost.figure) return "quality cost unknown";
  const Quality& q = *cost.figure;
  const double loss = loss_percent(q);
  return fmt::format("{}{}% {} (on {}{}; {})", q.lower_is_better ? "+" : "-", two_digits(std::max(0.0, loss)),
                     q.metric, q.model, q.checked == Checked::recalled ? "; RECALLED" : "", q.source);
}

/// " on gpu NAME" where the model does not lie on the CPU alone.
std::string on_text(const ShrinkOption& option) {
  return option.verdict.placement.on_gpu() ? " on " + placement_name(option.verdict.placement) : "";
}

std::string speed_text(const ShrinkOption& option) {
  std::string text = fmt::format("{}x as fast ({})", two_digits(option.speed_gain), option.speed_basis);
  if (option.verdict.prediction.decode_tps)
    text += fmt::format(", {} tok/s", two_digits(option.verdict.prediction.decode_tps->mid));
  if (option.verdict.prediction.audio_s_per_s)
    text += fmt::format(", {} s of audio/s", two_digits(option.verdict.prediction.audio_s_per_s->mid));
  if (option.verdict.prediction.encode_ms)
    text += fmt::format(", {} ms/text", two_digits(option.verdict.prediction.encode_ms->mid));
  return text + on_text(option);
}

void add_option(std::string& out, size_t number, const ShrinkOption& option) {
  out += fmt::format("{:>3}. {}: {}\n", number, option.technique, option.what);
  out += fmt::format("     {} to download, {} of memory ({}), {}\n",
                     gb_text(option.verdict.needs.download_bytes),
                     gib_text(option.verdict.needs.memory.needed_bytes()), saved(option.memory_saved_bytes),
                     speed_text(option));
  for (const QualityCost& cost : option.quality) out += fmt::format("     {}\n", quality_text(cost));
  if (option.quality.size() > 1) out += "     the two together: nobody published a figure\n";
  out += fmt::format("     takes {}{}{}\n", option.takes, option.note.empty() ? "" : "; ", option.note);
  if (option.verdict.fits == false) out += fmt::format("     {}\n", why_not(option));
}

std::string lora_text(const LoraCost& cost, const char* target) {
  return fmt::format(
      "  rank {} on {}: {} MB of adapter, {} of memory; {} over a 4-bit model (QLoRA); {:.2g}% "
      "more work a token, none once merged\n",
      cost.rank, target, two_digits(static_cast<double>(cost.adapter_bytes) / 1e6),
      gib_text(cost.lora_training_bytes), gib_text(cost.qlora_training_bytes), 100 * cost.extra_work);
}

}  // namespace

std::string shrink_text(const ShrinkAnswer& answer, const Capacity& capacity) {
  const ShrinkOption& now = answer.as_it_is;
  std::string out =
      fmt::format("{} in {}, {} tokens of context, on {} with {} of memory\n", answer.model,
                  now.verdict.needs.format, answer.context, capacity.device, gib_text(capacity.memory_bytes));
  for (const GpuCapacity& gpu : capacity.gpus)
    out.insert(out.size() - 1, fmt::format(", {} of {}", gib_text(gpu.memory_bytes), gpu.name));
  out +=
      fmt::format("as it is: {} to download, {} of memory: {}\n\n", gb_text(now.verdict.needs.download_bytes),
                  gib_text(now.verdict.needs.memory.needed_bytes()),
                  now.verdict.fits == true    ? "fits" + on_text(now)
                  : now.verdict.fits == false ? "does not fit, " + why_not(now)
                                              : "unknown, " + why_not(now));
  const auto fitting = static_cast<size_t>(
      std::count_if(answer.options.begin(), answer.options.end(),
                    [](const ShrinkOption& option) { return option.verdict.fits != false; }));
  if (fitting == 0) {
    out += "nothing makes it fit; nearest:\n";
    for (size_t i = 0; i < std::min(nearest_shown, answer.options.size()); ++i)
      add_option(out, i + 1, answer.options[i]);
  } else {
    out +=
        "what fits, least loss first (losses of different metrics do not compare: an order, no measure):\n";
    for (size_t i = 0; i < std::min(most_shown, fitting); ++i) add_option(out, i + 1, answer.options[i]);
    if (fitting > most_shown) out += fmt::format("     and {} more (--json)\n", fitting - most_shown);
    if (fitting < answer.options.size())
      out += fmt::format("does not fit: {} more (--json)\n", answer.options.size() - fitting);
  }
  out += fmt::format(
      "\nLoRA does not make it fit: it is for training. Full training with Adam holds {} without "
      "activations;\n",
      gib_text(answer.lora.full_training_bytes));
  out += lora_text(answer.lora, "queries and values");
  out += lora_text(answer.lora_all, "every product in layers");
  if (answer.task == Task::encode)
    out +=
        "speed by bytes is of the weights one pass reads; a long text is bound by arithmetic, which fewer "
        "bits "
        "do not lessen\n";
  return out;
}

}  // namespace weighin
