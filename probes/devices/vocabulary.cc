#include "probes/devices/vocabulary.h"

#include <algorithm>
#include <array>

namespace weighin {
namespace {

template <size_t Count>
bool one_of(std::string_view word, const std::array<std::string_view, Count>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool is_vendor(std::string_view word) {
  static constexpr std::array<std::string_view, 10> vendors{
      "nvidia", "amd", "intel", "apple", "qualcomm", "google", "samsung", "broadcom", "rockchip", "mediatek"};
  return one_of(word, vendors);
}

bool says_nothing(std::string_view word) {
  static constexpr std::array<std::string_view, 17> words{
      "geforce", "gpu", "igpu", "gpus",      "cpu",        "npu",    "graphics", "card",       "with",
      "w",       "the", "soc",  "processor", "generation", "design", "chip",     "accelerator"};
  return is_vendor(word) || one_of(word, words);
}

bool is_interface(std::string_view word) {
  static constexpr std::array<std::string_view, 9> words{"cuda", "metal",  "vulkan", "rocm",   "hip",
                                                         "sycl", "opencl", "webgpu", "xnnpack"};
  return one_of(word, words);
}

std::optional<DevicePart> part_word(std::string_view word) {
  static constexpr std::array<std::string_view, 2> cpu{"cpu", "xnnpack"};
  static constexpr std::array<std::string_view, 8> gpu{"gpu",  "gpus", "igpu",       "adreno",
                                                       "mali", "iris", "immortalis", "xclipse"};
  static constexpr std::array<std::string_view, 3> npu{"npu", "hexagon", "ane"};
  if (one_of(word, cpu)) return DevicePart::cpu;
  if (one_of(word, npu)) return DevicePart::npu;
  if (one_of(word, gpu) || is_interface(word)) return DevicePart::gpu;
  return std::nullopt;
}

bool is_laptop_word(std::string_view word) {
  static constexpr std::array<std::string_view, 3> words{"laptop", "mobile", "notebook"};
  return one_of(word, words);
}

bool is_suffix(std::string_view word) {
  static constexpr std::array<std::string_view, 40> words{
      "ti",   "super", "max",   "pro", "ultra", "plus", "xt",  "xtx", "gre",  "s",
      "m",    "q",     "d",     "x",   "lite",  "mini", "air", "fe",  "edge", "fold",
      "flip", "neo",   "elite", "gen", "prime", "note", "a",   "e",   "k",    "kf",
      "ks",   "h",     "hx",    "hs",  "u",     "t",    "g",   "sff", "nvl",  "ada"};
  return is_laptop_word(word) || one_of(word, words);
}

bool is_harmless(std::string_view word) {
  static constexpr std::array<std::string_view, 25> words{
      "oem",   "workstation", "desktop",   "founders", "edition", "reference",  "custom", "pc",     "dev",
      "kit",   "devkit",      "developer", "computer", "phone",   "smartphone", "board",  "server", "windows",
      "linux", "macos",       "android",   "ios",      "only",    "single",     "x"};
  return one_of(word, words);
}

}  // namespace weighin
