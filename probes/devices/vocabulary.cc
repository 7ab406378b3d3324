#include "probes/devices/vocabulary.h"

#include <algorithm>
#include <span>

namespace weighin {
namespace {

bool one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool is_vendor(std::string_view word) {
  static constexpr std::string_view vendors[]{"nvidia",   "amd",      "intel",     "apple",
                                              "qualcomm", "google",   "samsung",   "broadcom",
                                              "rockchip", "mediatek", "hisilicon", "ati"};
  return one_of(word, vendors);
}

bool says_nothing(std::string_view word) {
  static constexpr std::string_view words[]{"geforce",    "gpu",    "igpu", "gpus",       "cpu", "npu",
                                            "graphics",   "card",   "with", "the",        "soc", "processor",
                                            "generation", "design", "chip", "accelerator"};
  return is_vendor(word) || one_of(word, words);
}

bool must_fit(std::string_view word) {
  return is_vendor(word) || word == "geforce";
}

bool is_interface(std::string_view word) {
  static constexpr std::string_view words[]{"cuda", "metal",  "vulkan", "rocm",   "hip",
                                            "sycl", "opencl", "webgpu", "xnnpack"};
  return one_of(word, words);
}

std::optional<DevicePart> part_word(std::string_view word) {
  static constexpr std::string_view cpu[]{"cpu", "xnnpack"};
  static constexpr std::string_view gpu[]{"gpu",  "gpus", "igpu",       "adreno",
                                          "mali", "iris", "immortalis", "xclipse"};
  static constexpr std::string_view npu[]{"npu", "hexagon", "ane"};
  if (one_of(word, cpu)) return DevicePart::cpu;
  if (one_of(word, npu)) return DevicePart::npu;
  if (one_of(word, gpu) || is_interface(word)) return DevicePart::gpu;
  return std::nullopt;
}

bool is_laptop_word(std::string_view word) {
  static constexpr std::string_view words[]{"laptop", "mobile", "notebook"};
  return one_of(word, words);
}

bool is_suffix(std::string_view word) {
  static constexpr std::string_view words[]{
      "ti",   "super", "max",   "pro", "ultra", "plus", "xt",  "xtx", "gre",  "s",
      "m",    "q",     "d",     "x",   "lite",  "mini", "air", "fe",  "edge", "fold",
      "flip", "neo",   "elite", "gen", "prime", "note", "a",   "e",   "k",    "kf",
      "ks",   "h",     "hx",    "hs",  "u",     "t",    "g",   "sff", "nvl",  "ada"};
  return is_laptop_word(word) || one_of(word, words);
}

bool is_harmless(std::string_view word) {
  static constexpr std::string_view words[]{
      "oem",     "founders", "edition", "reference", "custom", "windows", "linux",    "macos",  "only",
      "single",  "and",      "of",      "inc",       "co",     "ltd",     "corp",     "model",  "corporation",
      "variant", "unstated", "example", "mlc",       "safari", "chrome",  "chromium", "firefox"};
  return one_of(word, words);
}

bool is_codename(std::string_view word) {
  return is_gpu_codename(word) || is_processor_codename(word) || continues_codename(word);
}

bool is_gpu_codename(std::string_view word) {
  static constexpr std::string_view words[]{"pascal",     "turing", "ampere",  "hopper", "blackwell",
                                            "lovelace",   "volta",  "maxwell", "kepler", "navi",
                                            "polaris",    "vega",   "rdna",    "cdna",   "alchemist",
                                            "battlemage", "hpg",    "bmg",     "acm",    "dg"};
  return one_of(word, words);
}

bool is_processor_codename(std::string_view word) {
  static constexpr std::string_view words[]{
      "zen",       "phoenix",   "strix",       "hawk",       "krackan",   "kraken",    "gorgon",
      "rembrandt", "cezanne",   "renoir",      "lucienne",   "barcelo",   "raphael",   "granite",
      "vermeer",   "matisse",   "picasso",     "mendocino",  "genoa",     "milan",     "rome",
      "turin",     "bergamo",   "siena",       "naples",     "xe",        "lpg",       "meteor",
      "arrow",     "lunar",     "panther",     "raptor",     "alder",     "tiger",     "rocket",
      "comet",     "coffee",    "kaby",        "skylake",    "icelake",   "cascade",   "meteorlake",
      "arrowlake", "lunarlake", "pantherlake", "raptorlake", "alderlake", "tigerlake", "sapphire",
      "emerald",   "sierra",    "kbl",         "cfl",        "cml",       "icl",       "tgl",
      "adl",       "rpl",       "mtl",         "arl",        "lnl",       "ptl",       "skl",
      "gt"};
  return one_of(word, words);
}

bool continues_codename(std::string_view word) {
  static constexpr std::string_view words[]{"lake", "ridge",  "rapids", "point",
                                            "halo", "forest", "lp",     "range"};
  return one_of(word, words);
}

bool is_kind_word(std::string_view word, DeviceKind kind) {
  static constexpr std::string_view phone[]{"phone", "smartphone", "android", "ios", "ds"};
  static constexpr std::string_view tablet[]{"tablet", "android", "ios", "ipados"};
  static constexpr std::string_view card[]{"workstation", "desktop", "pc", "server"};
  static constexpr std::string_view board[]{"board",     "sbc", "kit",    "devkit", "dev",     "som",
                                            "developer", "pc",  "module", "jetson", "computer"};
  static constexpr std::string_view computer[]{"desktop", "workstation", "pc",  "server", "computer",
                                               "kit",     "devkit",      "dev", "mini"};
  switch (kind) {
    case DeviceKind::phone:
      return one_of(word, phone);
    case DeviceKind::tablet:
      return one_of(word, tablet);
    case DeviceKind::soc:
      return one_of(word, phone) || one_of(word, tablet) || one_of(word, board);
    case DeviceKind::laptop_gpu:
      return is_laptop_word(word);
    case DeviceKind::desktop_gpu:
    case DeviceKind::workstation_gpu:
    case DeviceKind::datacenter_gpu:
    case DeviceKind::tpu:
    case DeviceKind::accelerator:
      return one_of(word, card);
    case DeviceKind::board:
      return one_of(word, board);
    case DeviceKind::laptop:
    case DeviceKind::chromebook:
      return is_laptop_word(word) || word == "chromebook" || word == "pc" || word == "computer";
    case DeviceKind::integrated_gpu:
    case DeviceKind::unified:
    case DeviceKind::mini_pc:
    case DeviceKind::cpu:
    case DeviceKind::server:
      return one_of(word, computer) || is_laptop_word(word);
  }
  return false;
}

bool is_computer_maker(std::string_view word) {
  static constexpr std::string_view words[]{"dell", "hp",         "hpe",     "lenovo",
                                            "acer", "supermicro", "fujitsu", "alienware"};
  return one_of(word, words);
}

}  // namespace weighin
