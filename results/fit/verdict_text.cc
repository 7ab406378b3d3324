#include "results/fit/verdict_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "results/text/numbers.h"
#include "results/text/terminal.h"

namespace weighin {
namespace {

using Row = std::vector<std::string>;

std::string answer_text(const Verdict& v) {
  return std::string(answer_name(v.judgement.answer)) + (v.judgement.borderline ? ", borderline" : "");
}

Row row_of(const Verdict& v) {
  const std::string unknown = "-";
  const bool known = v.needs.params > 0;
  std::string speed = unknown;
  if (v.prediction.encode_ms) speed = interval_text(v.prediction.encode_ms) + " ms/text";
  if (v.prediction.audio_s_per_s) speed = interval_text(v.prediction.audio_s_per_s) + " s/s    ";
  if (v.prediction.decode_tps) speed = interval_text(v.prediction.decode_tps) + " tok/s  ";
  return {v.needs.model,
          known ? v.needs.size_class : unknown,
          known ? v.needs.format : unknown,
          answer_text(v),
          known ? gib_text(v.needs.memory.needed_bytes()) : unknown,
          known ? gb_text(v.needs.download_bytes) : unknown,
          speed,
          v.prediction.ttft_s ? two_digits(v.prediction.ttft_s->mid) + " s" : unknown,
          placement_sign(v.placement)};
}

/// "13 (9.9-16) tokens/s", or why there is no speed.
std::string other_text(const OtherPlacement& other) {
  std::string speed = other.text;
  if (other.audio_s_per_s) speed = interval_text(other.audio_s_per_s) + " s of audio/s";
  if (other.encode_ms) speed = interval_text(other.encode_ms) + " ms a text";
  if (other.decode_tps) speed = interval_text(other.decode_tps) + " tokens/s";
  if (other.ttft_s) speed += fmt::format(", first token {} s", two_digits(other.ttft_s->mid));
  if (other.fits == false) speed = "does not fit, " + other.text;
  return fmt::format("{}: {}", other.placement, speed);
}

/// What one line of the table leaves out, a line a matter.
std::string details(const Verdict& v, size_t columns) {
  constexpr size_t indent = 15;
  std::string text;
  const auto line = [&](const std::string& name, const std::string& value) {
    const std::string lines = wrapped(value, indent, std::max<size_t>(columns, 60));
    text += fmt::format("  {:<{}}", name, indent - 2) + lines.substr(indent);
  };
  if (v.needs.params == 0) {
    line("verdict", answer_text(v));
    line("limit", v.limit.text);
    return text;
  }
  const double billions = 1e9;
  line("verdict",
       fmt::format("{} in {}{}", answer_text(v), v.needs.format,
                   v.needs.active_params == v.needs.params
                       ? ""
                       : fmt::format("; {}B parameters, {}B of them active",
                                     two_digits(static_cast<double>(v.needs.params) / billions),
                                     two_digits(static_cast<double>(v.needs.active_params) / billions))));
  line("limit", v.limit.text);
  line("memory", fmt::format("{}: weights {}, KV cache {}, workspace {}, runtime {}",
                             gib_text(v.needs.memory.needed_bytes()), gib_text(v.needs.memory.weights_bytes),
                             gib_text(v.needs.memory.kv_bytes), gib_text(v.needs.memory.workspace_bytes),
                             gib_text(v.needs.memory.other_bytes())));
  if (v.placement.layout && !v.placement.layout->on_cpu())
    line("placement",
         fmt::format("{}: {} on the GPU, {} in the machine's memory", placement_name(v.placement),
                     gib_text(v.placement.layout->gpu_bytes()), gib_text(v.placement.layout->cpu_bytes)));
  if (v.placement.layout && v.placement.layout->on_cpu() && !v.placement.others.empty())
    line("placement", placement_name(v.placement));
  for (const OtherPlacement& other : v.placement.others) line("beside it", other_text(other));
  line("download", gb_text(v.needs.download_bytes) +
                       (v.prediction.load_s ? fmt::format(", loads in {} s", two_digits(*v.prediction.load_s))
                                            : std::string(", load time not measured")));
  if (v.prediction.encode_ms)
    line("encode",
         fmt::format("{} ms for a text of {} tokens", interval_text(v.prediction.encode_ms), v.needs.prompt));
  if (v.prediction.audio_s_per_s)
    line("speech", interval_text(v.prediction.audio_s_per_s) + " seconds of audio in a second");
  if (v.prediction.decode_tps) line("decode", interval_text(v.prediction.decode_tps) + " tokens/s");
  if (v.prediction.prefill_tps) line("prefill", interval_text(v.prediction.prefill_tps) + " tokens/s");
  if (v.prediction.ttft_s)
    line("first token",
         fmt::format("{} s after a prompt of {}", interval_text(v.prediction.ttft_s), v.needs.prompt));
  line("context",
       fmt::format("{}; {}", v.needs.context,
                   v.max_context ? fmt::format("the largest that fits is {}", v.max_context) : "none fits"));
  line("basis", v.prediction.basis);
  for (const std::string& warning : v.warnings) line("warning", warning);
  return text;
}

/// "x 1.02, + 4.1 ms for 210 operations (llama.cpp)": what makes the reference kernels' seconds the engine's.
std::string engine_text(const Term& term, const std::string& engine) {
  if (engine == reference_engine) return "";
  std::string text = fmt::format(" x {:.3g}", term.engine_factor);
  if (term.engine_overhead_s > 0) text += fmt::format(" + {:.3g} ms", term.engine_overhead_s * 1e3);
  return text + fmt::format(" ({})", engine);
}

std::string terms_text(const Verdict& v, size_t columns) {
  std::string text = "  term by term\n";
  std::optional<Phase> phase;
  double sum = 0;
  const auto end_phase = [&] {
    if (phase) text += fmt::format("  {:<8} sum {:.4g} ms\n", phase_name(*phase), sum * 1e3);
    sum = 0;
  };
  for (const Term& term : v.prediction.terms) {
    if (term.phase != phase) {
      end_phase();
      phase = term.phase;
    }
    sum += term.seconds;
    std::string line = fmt::format("{:<8} {:<15} {:>9.4g} ms = {:.6g} x {}", phase_name(term.phase),
                                   term.part, term.seconds * 1e3, term.times, describe(term.problem));
    line += engine_text(term, v.prediction.engine);
    line += term.measurement ? fmt::format(" [measurement {}]", term.measurement)
                             : std::string(" [no measurement]");
    if (!term.note.empty()) line += " " + term.note;
    // The first line keeps its columns; only its end is folded.
    const size_t head = std::min<size_t>(line.size(), 41);
    text += "  " + line.substr(0, head);
    const std::string rest = wrapped(line.substr(head), 43, std::max<size_t>(columns, 70));
    text += rest.substr(std::min<size_t>(43, rest.size()));
  }
  end_phase();
  return text;
}

std::string assumptions(std::span<const Verdict> verdicts, const Question& question) {
  std::set<uint32_t> contexts;
  bool encoders = false;
  for (const Verdict& v : verdicts) {
    if (v.needs.context && v.needs.task == Task::chat) contexts.insert(v.needs.context);
    encoders |= v.prediction.encode_ms.has_value();
  }
  std::string text;
  if (!contexts.empty())
    text =
        fmt::format("Context {}{}, prompt {}, answer {} tokens.", *contexts.rbegin(),
                    contexts.size() > 1 ? " or the model's maximum" : "", question.prompt, question.answer);
  if (question.cache != FormatId::f16)
    text += fmt::format(" KV cache in {}.", format_of(question.cache).name);
  if (encoders) text += fmt::format(" Encoders: milliseconds for a text of {} tokens.", encoder_tokens);
  text +=
      " " + engine_sentence(question.engine, efficiency_source_of(verdicts)) + " 80% intervals in brackets.";
  return text + " Weighin speaks of fit and speed, not of the answers' quality.";
}

/// One line a verdict; below it what keeps it from running well, where something does and `limits` is true.
std::string table_text(std::span<const Verdict> verdicts, bool limits, size_t columns) {
  Row titles{"MODEL",       "CLASS", "FORMAT", "VERDICT", "MEMORY", "DOWNLOAD", "SPEED (80%)      ",
             "FIRST TOKEN", "WHERE"};
  const bool placed = std::any_of(verdicts.begin(), verdicts.end(), [](const Verdict& v) {
    return v.placement.layout && !v.placement.layout->on_cpu();
  });
  if (!placed) titles.back().clear();  // all on the CPU, as on a machine without a GPU
  std::vector<Row> rows{titles};
  for (const Verdict& v : verdicts) {
    rows.push_back(row_of(v));
    if (!placed) rows.back().back().clear();
  }
  const std::vector<std::string> lines = aligned(rows, {4, 5, 6, 7});
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    text += lines[r] + "\n";
    if (r == 0 || !limits) continue;
    const Verdict& v = verdicts[r - 1];
    if (v.judgement.answer != Answer::runs_well) text += wrapped(v.limit.text, 4, columns);
    if (v.judgement.answer == Answer::unknown && v.needs.params)
      text += wrapped(v.prediction.basis, 4, columns);
  }
  return text;
}

}  // namespace

std::string device_text(const Capacity& capacity) {
  std::string text = "Device " + capacity.device + ": ";
  text += capacity.memory_kind == LimitKind::unknown
              ? "how much memory there is could not be read"
              : fmt::format("{} of memory {}", gib_text(capacity.memory_bytes),
                            capacity.now            ? "available now"
                            : capacity.rule.empty() ? "to use (the total less a reserve for the system)"
                                                    : fmt::format("to use ({})", capacity.rule));
  if (capacity.memory_kind != LimitKind::unknown && capacity.memory_kind != LimitKind::ram)
    text += fmt::format(" ({} limit)", limit_name(capacity.memory_kind));
  for (const GpuCapacity& gpu : capacity.gpus)
    text += fmt::format(
        ", GPU {} with {} {}", gpu.name,
        gpu.memory_total_bytes ? gib_text(gpu.memory_total_bytes) : std::string("memory of unknown size"),
        gpu.unified ? "of it" : fmt::format("({} usable: {})", gib_text(gpu.memory_bytes), gpu.rule));
  if (capacity.storage_free_bytes)
    text += fmt::format(", {} of storage free", gb_text(*capacity.storage_free_bytes));
  return text + ". Swap never counts.";
}

std::string verdicts_text(std::span<const Verdict> verdicts, const Capacity& capacity,
                          const Question& question, const std::string& accuracy, bool explain,
                          unsigned columns, bool whole, std::span<const CpuOrGpu> compared) {
  whole |= explain;
  std::string text = wrapped(device_text(capacity), 0, columns) + "\n";
  if (!whole || verdicts.size() > 1) text += table_text(verdicts, !whole, columns) + "\n";
  if (whole) {
    for (const Verdict& v : verdicts) {
      text += v.needs.model;
      if (v.needs.params) text += fmt::format(" {} ({} class)", v.needs.format, v.needs.size_class);
      text += "\n" + details(v, columns);
      if (explain && !v.prediction.terms.empty()) text += terms_text(v, columns);
      text += "\n";
    }
  }
  if (!compared.empty()) text += wrapped(comparison_sentence(compared), 0, columns);
  text += wrapped(assumptions(verdicts, question), 0, columns);
  if (!accuracy.empty()) text += wrapped("Accuracy: " + accuracy + ".", 0, columns);
  if (!whole)
    text += wrapped("`weighin fit MODEL` shows memory by part, prefill, load time and the largest context.",
                    0, columns);
  for (const std::string& warning : capacity.warnings) text += wrapped("warning: " + warning, 0, columns);
  return text;
}

}  // namespace weighin
