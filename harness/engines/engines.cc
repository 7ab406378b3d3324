#include "harness/engines/engines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

namespace weighin {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* bench = "llama-bench";
constexpr const char* shipped = "engines/node-llama-cpp/run";

/// Folders above the program that may hold scripts/: build/NAME/weighin lies two below it.
constexpr int folders_above = 4;

/// The end of what the engine said on standard error, on one line.
std::string last_words(const fs::path& file) {
  constexpr size_t most = 300;
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (text.size() > most) text = "..." + text.substr(text.size() - most);
  return text.empty() ? "it said nothing" : "it said: " + text;
}

std::string text_of(const json& row, const char* name) {
  const auto found = row.find(name);
  return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

/// A count, or 0 where there is none.
uint64_t count_of(const json& row, const char* name) {
  const auto found = row.find(name);
  if (found == row.end() || !found->is_number() || found->get<double>() < 0) return 0;
  return static_cast<uint64_t>(found->get<double>());
}

std::vector<double> rates_of(const json& row) {
  std::vector<double> rates;
  if (const auto samples = row.find("samples_ts"); samples != row.end() && samples->is_array())
    for (const json& sample : *samples)
      if (sample.is_number() && sample.get<double>() > 0) rates.push_back(sample.get<double>());
  if (rates.empty())
    if (const auto mean = row.find("avg_ts");
        mean != row.end() && mean->is_number() && mean->get<double>() > 0)
      rates.push_back(mean->get<double>());
  return rates;
}

/// llama-bench's own rows name no engine; another adapter's may ("node-llama-cpp 3.22.1" is llama.cpp too).
std::string engine_of(const std::string& said) {
  return said.empty() || said.find("llama") != std::string::npos ? "llama.cpp" : said;
}

}  // namespace

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

bool on_path(const Host& host, const std::string& program) {
  std::istringstream path(host.environment ? host.environment("PATH").value_or("") : "");
  std::error_code ignored;
  for (std::string folder; std::getline(path, folder, ':');)
    if (!folder.empty() && fs::is_regular_file(fs::path(folder) / program, ignored)) return true;
  return false;
}

fs::path beside_program(const Host& host, const std::string& name) {
  std::error_code ignored;
  fs::path folder = fs::weakly_canonical(host.program, ignored).parent_path();
  for (int i = 0; i < folders_above && !folder.empty(); ++i, folder = folder.parent_path())
    for (const fs::path& candidate : {folder / "scripts" / name, folder / name})
      if (fs::is_regular_file(candidate, ignored)) return candidate;
  return {};
}

tl::expected<std::string, std::string> engine_command(const Host& host, const std::string& given) {
  if (!given.empty()) return given;
  if (on_path(host, bench)) return std::string(bench);
  const fs::path adapter = beside_program(host, shipped);
  if (!adapter.empty()) return quoted(adapter.string());
  return tl::unexpected(
      std::string("no engine to run: there is no llama-bench on the PATH, and scripts/engines/node-llama-cpp "
                  "is not beside "
                  "this program; name a command that prints llama-bench's JSON with --engine"));
}

tl::expected<EngineReport, std::string> read_bench_json(const std::string& text) {
  // Some builds print a line or two before the list.
  const size_t begin = std::min(text.find("[\n"), text.find("[{"));
  const size_t start = begin == std::string::npos ? text.find('[') : begin;
  const size_t end = text.rfind(']');
  const json list = start == std::string::npos || end == std::string::npos || end < start
                        ? json()
                        : json::parse(text.substr(start, end - start + 1), nullptr, false);
  if (!list.is_array()) return tl::unexpected(std::string("it printed no JSON list of tests"));
  EngineReport report;
  for (const json& row : list) {
    if (!row.is_object())
      return tl::unexpected(std::string("its JSON list holds something other than tests"));
    EngineTest test{.prompt = static_cast<uint32_t>(count_of(row, "n_prompt")),
                    .generated = static_cast<uint32_t>(count_of(row, "n_gen")),
                    .depth = static_cast<uint32_t>(count_of(row, "n_depth")),
                    .tps = rates_of(row)};
    if (test.tps.empty() || test.prompt + test.generated == 0)
      return tl::unexpected(
          std::string("a test in its JSON has no tokens (n_prompt, n_gen) or no rate (samples_ts, avg_ts)"));
    report.tests.push_back(std::move(test));
  }
  if (report.tests.empty()) return tl::unexpected(std::string("its JSON list holds no test"));
  const json& first = list.front();
  const std::string said = text_of(first, "engine");
  report.engine = engine_of(said);
  report.build = text_of(first, "build_commit");
  if (const uint64_t number = count_of(first, "build_number")) report.build += fmt::format(" ({})", number);
  if (!said.empty()) report.build += (report.build.empty() ? "" : ", ") + said;
  report.backend = text_of(first, "backends");
  report.cpu_variant = text_of(first, "cpu_variant");
  report.gpu = text_of(first, "gpu_info");
  report.model_type = text_of(first, "model_type");
  report.model_bytes = count_of(first, "model_size");
  report.threads = static_cast<uint32_t>(count_of(first, "n_threads"));
  // Older builds say use_mmap, newer ones load_mode.
  const auto mmap = first.find("use_mmap");
  const std::string mode = text_of(first, "load_mode");
  report.mmap = mmap != first.end() && mmap->is_boolean() ? mmap->get<bool>()
                : mode.empty()                            ? true
                               : mode.find("mmap") != std::string::npos || mode == "auto";
  for (const json& row : list)
    if (row.is_object())
      report.peak_resident_bytes = std::max(report.peak_resident_bytes, count_of(row, "peak_resident_bytes"));
  return report;
}

tl::expected<EngineReport, std::string> run_engine(const Host& host, const EngineRequest& request) {
  const fs::path errors = fs::path(request.folder) / "engine.err";
  const std::string command =
      fmt::format("{} -m {} -p {} -n {} -d {} -t {} -r {} -o json 2>{}", request.command,
                  quoted(request.model), request.prompt, request.generated, request.depth, request.threads,
                  request.repetitions, quoted(errors.string()));
  if (!host.run_process) return tl::unexpected(std::string("no program can be run here"));
  const auto run = host.run_process({"/bin/sh", "-c", command}, request.limit);
  if (!run) return tl::unexpected(run.error());
  const std::string who = "the engine (" + request.command + ")";
  if (run->interrupted) return tl::unexpected(who + " was stopped");
  if (run->timed_out)
    return tl::unexpected(
        fmt::format("{} was not done after {} s and was stopped with its children; --limit "
                    "gives it more time ({})",
                    who, request.limit.count() / 1000, last_words(errors)));
  constexpr int not_found = 127, not_executable = 126, killed = 128;  // as shells have it
  const int signal = run->signal ? run->signal : run->exit_code > killed ? run->exit_code - killed : 0;
  if (signal)
    return tl::unexpected(fmt::format("{} crashed: signal {} ({}){}; {}", who, signal, strsignal(signal),
                                      signal == SIGKILL ? ", as the system does where memory ends" : "",
                                      last_words(errors)));
  if (run->exit_code == not_found || run->exit_code == not_executable)
    return tl::unexpected(
        fmt::format("there is no engine to run as \"{}\": {}", request.command, last_words(errors)));
  if (run->exit_code != 0)
    return tl::unexpected(
        fmt::format("{} failed with exit code {}; {}", who, run->exit_code, last_words(errors)));
  auto report = read_bench_json(run->output);
  if (!report)
    return tl::unexpected(fmt::format("{} did not print what llama-bench prints: {}; {}", who, report.error(),
                                      last_words(errors)));
  if (report->peak_resident_bytes == 0) report->peak_resident_bytes = run->peak_resident_bytes;
  return report;
}

}  // namespace weighin
