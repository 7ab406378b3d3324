// Verdicts for a terminal.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "results/verdict.h"

namespace weighin {
namespace {

constexpr double gib_bytes = 1024.0 * 1024 * 1024;
constexpr double gb_bytes = 1e9;
constexpr size_t columns_of_table = 9;
using Row = std::array<std::string, columns_of_table>;

std::string gib(uint64_t bytes) {
  return two_digits(static_cast<double>(bytes) / gib_bytes) + " GiB";
}
std::string gb(uint64_t bytes) {
  return two_digits(static_cast<double>(bytes) / gb_bytes) + " GB";
}

std::string interval_text(const std::optional<Interval>& value, const std::string& unit = "") {
  if (!value) return "-";
  return fmt::format("{} ({}-{}){}", two_digits(value->mid), two_digits(value->low), two_digits(value->high),
                     unit);
}

std::string answer_text(const Verdict& v) {
  return std::string(answer_name(v.answer)) + (v.borderline ? ", borderline" : "");
}

Row row_of(const Verdict& v) {
  const std::string unknown = "-";
  const bool known = v.params > 0;
  const bool encoder = v.task == Task::encode;
  return {v.model,
          known ? v.size_class : unknown,
          known ? std::string(format_of(v.format).name) : unknown,
          answer_text(v),
          known ? gib(v.memory.peak_bytes()) : unknown,
          known ? gb(v.download_bytes) : unknown,
          encoder ? interval_text(v.encode_ms, " ms") : interval_text(v.decode_tps),
          v.prefill_tps ? two_digits(v.prefill_tps->mid) : unknown,
          v.ttft_s ? two_digits(v.ttft_s->mid) + " s" : unknown};
}

/// `text` in lines of at most `columns`, each after `indent` spaces.
std::string wrapped(const std::string& text, size_t indent, size_t columns) {
  std::string out, line(indent, ' ');
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (line.size() > indent && line.size() + 1 + word.size() > columns) {
      out += line + "\n";
      line.assign(indent, ' ');
    }
    if (line.size() > indent) line += ' ';
    line += word;
    begin = end + 1;
  }
  return out + line + "\n";
}

std::string details(const Verdict& v) {
  std::string text = v.limit.text;
  if (v.params == 0) return text;
  text += fmt::format(". Memory {}: weights {}, KV {}, workspace {}, runtime {}.", gib(v.memory.peak_bytes()),
                      gib(v.memory.weights_bytes), gib(v.memory.kv_bytes), gib(v.memory.workspace_bytes),
                      gib(v.memory.runtime_bytes));
  if (v.prefill_tps)
    text += fmt::format(" Prefill {} tokens/s, first token {}.", interval_text(v.prefill_tps),
                        interval_text(v.ttft_s, " s"));
  text += v.load_s ? fmt::format(" Loads in {} s.", two_digits(*v.load_s)) : " Load time not measured.";
  text += fmt::format(" Context {}, largest that fits {}.", v.context, v.max_context);
  if (v.active_params != v.params)
    text +=
        fmt::format(" {}B parameters, {}B of them active.", two_digits(static_cast<double>(v.params) / 1e9),
                    two_digits(static_cast<double>(v.active_params) / 1e9));
  if (v.answer == Answer::unknown || v.basis.find("unknown") != std::string::npos)
    text += " " + v.basis + ".";
  return text;
}

std::string terms_text(const Verdict& v, size_t columns) {
  std::string text =
      "\n" + wrapped(fmt::format("{} {}, term by term ({})", v.model, format_of(v.format).name, v.basis), 0,
                     columns);
  std::string phase;
  double sum = 0;
  const auto end_phase = [&] {
    if (!phase.empty()) text += fmt::format("  {:<8} sum {:.4g} ms\n", phase, sum * 1e3);
    sum = 0;
  };
  for (const Term& term : v.terms) {
    if (term.phase != phase) {
      end_phase();
      phase = term.phase;
    }
    sum += term.seconds;
    std::string line = fmt::format("{:<8} {:<15} {:>9.4g} ms = {:.6g} x {}", term.phase, term.part,
                                   term.seconds * 1e3, term.times, describe(term.problem));
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

std::string assumptions(std::span<const Verdict> verdicts, const Capacity& capacity,
                        const Question& question) {
  std::set<uint32_t> contexts;
  bool encoders = false;
  for (const Verdict& v : verdicts) {
    if (v.context && v.task == Task::chat) contexts.insert(v.context);
    encoders |= v.task == Task::encode;
  }
  std::string text = fmt::format(
      "Context {}{}, prompt {}, answer {} tokens.", contexts.empty() ? question.context : *contexts.rbegin(),
      contexts.size() > 1 ? " or the model's maximum" : "", question.prompt, question.answer);
  if (encoders) text += fmt::format(" Encoders: milliseconds for a text of {} tokens.", encoder_tokens);
  text += fmt::format(
      " Speeds: engine {}, what the reference kernels reach, an upper bound for real engines;"
      " 80% intervals in brackets.",
      engine_name);
  if (capacity.memory_kind != "unknown")
    text += fmt::format(" Memory: {} of {}.", gib(capacity.memory_bytes),
                        capacity.now ? "what is available now" : "the total less a reserve for the system");
  text += " Swap never counts. Weighin speaks of fit and speed, not of the answers' quality.";
  return text;
}

}  // namespace

std::string verdicts_text(std::span<const Verdict> verdicts, const Capacity& capacity,
                          const Question& question, bool explain, unsigned columns) {
  const Row titles{"MODEL",    "CLASS",      "FORMAT",  "VERDICT", "MEMORY",
                   "DOWNLOAD", "DECODE t/s", "PREFILL", "FIRST"};
  std::vector<Row> rows{titles};
  for (const Verdict& v : verdicts) rows.push_back(row_of(v));
  std::array<size_t, columns_of_table> widths{};
  for (const Row& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());

  std::string text = "Device " + capacity.device + "\n\n";
  for (size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (size_t i = 0; i < columns_of_table; ++i)
      line += i >= 4 ? fmt::format("{:>{}} ", rows[r][i], widths[i])
                     : fmt::format("{:<{}} ", rows[r][i], widths[i]);
    while (!line.empty() && line.back() == ' ') line.pop_back();
    text += line + "\n";
    if (r == 0) continue;
    const Verdict& v = verdicts[r - 1];
    text += wrapped(details(v), 4, columns);
    for (const std::string& warning : v.warnings) text += wrapped("warning: " + warning, 4, columns);
  }
  if (explain)
    for (const Verdict& v : verdicts)
      if (!v.terms.empty()) text += terms_text(v, columns);
  text += "\n" + wrapped(assumptions(verdicts, capacity, question), 0, columns);
  for (const std::string& warning : capacity.warnings) text += wrapped("warning: " + warning, 0, columns);
  return text;
}

}  // namespace weighin
