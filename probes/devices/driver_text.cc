#include "probes/devices/driver_text.h"

#include <array>
#include <cctype>

#include "models/text/letters.h"
#include "probes/devices/vocabulary.h"

namespace weighin {
namespace {

/// The place of `word` in `text`, whatever its case.
size_t find_word(const std::string& text, std::string_view word, size_t from = 0) {
  return lower_case(text).find(word, from);
}

void cut_from(std::string& text, std::string_view word) {
  if (const size_t at = find_word(text, word); at != std::string::npos) text.resize(at);
}

void erase_all(std::string& text, std::string_view word) {
  for (size_t at = find_word(text, word); at != std::string::npos; at = find_word(text, word, at))
    text.erase(at, word.size());
}

/// "ANGLE (VENDOR, NAME API VERSION, DRIVER)" becomes NAME.
void take_angle(std::string& text) {
  constexpr std::string_view start = "angle (";
  if (!lower_case(text).starts_with(start)) return;
  std::string inside = text.substr(start.size());
  if (const size_t comma = inside.find(", "); comma != std::string::npos) inside.erase(0, comma + 2);
  for (const std::string_view before : {"angle metal renderer: ", "vulkan 1."}) {
    const size_t at = find_word(inside, before);
    if (at == std::string::npos) continue;
    inside.erase(0, at + before.size());
    // "Vulkan 1.3.0 (NVIDIA GeForce RTX 3060 (0x00002504))" has the name in brackets.
    if (before.starts_with("vulkan")) inside.erase(0, inside.find('(') + 1);
  }
  for (const std::string_view after : {" direct3d", " opengl", ", ", " vs_", "(0x"}) cut_from(inside, after);
  text = inside;
}

/// Removes every "(0x00002504)" and "0x2504".
void erase_pci_numbers(std::string& text) {
  for (size_t at = find_word(text, "0x"); at != std::string::npos; at = find_word(text, "0x", at)) {
    size_t end = at + 2;
    while (end < text.size() && std::isxdigit(static_cast<unsigned char>(text[end]))) ++end;
    if (end < at + 6 || (at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])))) {
      at = end;
      continue;
    }
    if (at > 0 && text[at - 1] == '(' && end < text.size() && text[end] == ')') --at, ++end;
    text.erase(at, end - at);
  }
}

/// Whether every word is that of a vendor or the code of a chip, such as "GB203M" or "Navi 31".
bool is_chip_code(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    if (!std::isalnum(static_cast<unsigned char>(text[i]))) {
      ++i;
      continue;
    }
    size_t end = i;
    bool digits = false;
    while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])))
      digits |= is_digit(text[end++]);
    const std::string word = lower_case(text.substr(i, end - i));
    if (!digits && !is_vendor(word) && !is_codename(word) && !is_harmless(word) && !says_nothing(word))
      return false;
    i = end;
  }
  return true;
}

/// "CHIP [NAME]" of pci.ids becomes NAME.
void take_pci_name(std::string& text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  const size_t open = text.rfind('[');
  if (open == std::string::npos || text.back() != ']' || open + 2 >= text.size()) return;
  if (is_chip_code(std::string_view(text).substr(0, open)))
    text = text.substr(open + 1, text.size() - open - 2);
}

}  // namespace

std::string without_driver_words(std::string_view name) {
  std::string text(name.substr(0, 512));
  take_angle(text);
  erase_pci_numbers(text);
  for (const std::string_view after : {"/pcie/sse2", "/pci/sse2", "/sse2", ", llvm", ", drm "}) {
    const size_t at = find_word(text, after);
    if (at == std::string::npos) continue;
    text.resize(at);
    if (text.find('(') != std::string::npos && text.find(')') == std::string::npos) text += ')';
  }
  for (const std::string_view word : {"(tm)", "radeonsi,", "radv ", "nvk ", "mesa "}) erase_all(text, word);
  take_pci_name(text);
  return text;
}

}  // namespace weighin
