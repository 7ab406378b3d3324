#include "results/fit/cpu_or_gpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "models/names/catalogue.h"
#include "models/shape/size_class.h"
#include "results/fit/weigh.h"

namespace weighin {
namespace {

/// "under 1B", "in no class", "in every class", or the classes one by one where they are no run from the
/// smallest.
std::string classes_text(const CpuOrGpu& compared) {
  if (compared.cpu_faster.empty()) return "in no class";
  if (compared.gpu_faster.empty()) return "in every class that fits on both";
  const auto params = [](std::string_view name) { return find_size_class(name)->nominal_params; };
  if (params(compared.cpu_faster.back()) < params(compared.gpu_faster.front()))
    return fmt::format("under {}", compared.gpu_faster.front());
  return fmt::format("in {}", fmt::join(compared.cpu_faster, ", "));
}

bool measured(const CostModel* costs) {
  return costs && !costs->thread_counts().empty();
}

void compare(CpuOrGpu& compared, std::string_view size_class, const Request& request,
             const DeviceProfile& cpu, const DeviceProfile& gpu) {
  Request on_gpu = request;
  on_gpu.question.place = PlaceAsked::gpu;
  const Verdict a = weigh_formats(request, cpu).front(), b = weigh_formats(on_gpu, gpu).front();
  if (a.fits == false || b.fits == false) return;
  const auto a_s = request_s(a.prediction, request.question), b_s = request_s(b.prediction, request.question);
  if (!a_s || !b_s) return;
  (*a_s <= *b_s ? compared.cpu_faster : compared.gpu_faster).push_back(size_class);
}

}  // namespace

std::vector<CpuOrGpu> cpu_or_gpu(const Question& question, const DeviceProfile& device) {
  std::vector<CpuOrGpu> found;
  if (!measured(&device.measured->costs)) return found;
  for (const GpuCapacity& gpu : device.capacity.gpus) {
    if (!measured(device.measured->costs.gpu(gpu.id))) continue;
    DeviceProfile alone = device, none = device;
    alone.capacity.gpus = {gpu};
    none.capacity.gpus.clear();
    for (const FileFormat& format : kernel_file_formats()) {
      if (question.format && *question.format != format.id) continue;
      Question in_format = question;
      in_format.format = format.id;
      in_format.place = PlaceAsked::cpu;
      CpuOrGpu compared{gpu.name, std::string(format.name), {}, {}};
      for (const SizeClass& size_class : all_size_classes())
        compare(compared, size_class.name, request_of(reference_model(size_class), in_format), none, alone);
      if (!compared.cpu_faster.empty() || !compared.gpu_faster.empty()) found.push_back(std::move(compared));
    }
  }
  return found;
}

std::string comparison_sentence(std::span<const CpuOrGpu> compared) {
  std::vector<std::string> gpus;
  for (const CpuOrGpu& c : compared)
    if (std::find(gpus.begin(), gpus.end(), c.gpu) == gpus.end()) gpus.push_back(c.gpu);
  std::string text;
  for (const std::string& gpu : gpus) {
    std::vector<std::pair<std::string, std::string>> parts;  // classes, and the formats where it is they
    for (const CpuOrGpu& c : compared) {
      if (c.gpu != gpu) continue;
      const std::string classes = classes_text(c);
      const auto same =
          std::find_if(parts.begin(), parts.end(), [&](const auto& p) { return p.first == classes; });
      if (same == parts.end()) {
        parts.emplace_back(classes, c.format);
      } else {
        same->second += ", " + c.format;
      }
    }
    std::string sentence;
    for (const auto& [classes, formats] : parts)
      sentence += fmt::format("{} for {} {}", sentence.empty() ? "" : ",", formats, classes);
    text +=
        fmt::format("{}On this machine the CPU is faster than {}{}.", text.empty() ? "" : " ", gpu, sentence);
  }
  return text;
}

}  // namespace weighin
