#include "probes/devices/words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "models/text/letters.h"
#include "probes/devices/driver_text.h"
#include "probes/devices/vocabulary.h"

namespace weighin {
namespace {

bool is_number(const NameWord& word) {
  return is_digit(word.text.front());
}

template <size_t Count>
bool one_of(std::string_view word, const std::array<std::string_view, Count>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Replaces typographic signs by the plain ones that people also write, and removes trade marks.
std::string plain(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> signs{{
      {"\u00ae", ""},
      {"\u2122", ""},
      {"(R)", ""},
      {"(r)", ""},
      {"(TM)", ""},
      {"(tm)", ""},
      {"\u2010", "-"},
      {"\u2011", "-"},
      {"\u2013", " - "},
      {"\u2014", " - "},
      {"\u00d7", "x"},
      {"\u00a0", " "},
      {"w/", "with "},
      {"W/", "with "},
  }};
  std::string text;
  text.reserve(name.size());
  for (size_t i = 0; i < name.size();) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (c < 0x80 && c != '(' && lower_letter(static_cast<char>(c)) != 'w') {
      text += name[i++];
      continue;
    }
    const auto sign = std::find_if(signs.begin(), signs.end(),
                                   [&](const auto& s) { return name.substr(i).starts_with(s.first); });
    if (sign == signs.end()) {
      text += name[i++];
      continue;
    }
    text += sign->second;
    i += sign->first.size();
  }
  return text;
}

bool ends_segment(std::string_view text, size_t i) {
  const char c = text[i];
  if (std::string_view("/,;|").find(c) != std::string_view::npos) return true;
  const auto space = [&](size_t at) { return at < text.size() && text[at] == ' '; };
  return (c == '-' || c == '+') && i > 0 && space(i - 1) && space(i + 1);
}

/// The length of an identifier of Apple's at the start of `text`, such as "iPhone15,2"; 0 if there is none.
size_t apple_identifier(std::string_view text) {
  static constexpr std::array<std::string_view, 10> families{
      "iphone", "ipad", "ipod", "macbookpro", "macbookair", "macmini", "macbook", "imacpro", "imac", "mac"};
  size_t letters = 0;
  while (letters < text.size() && is_letter(text[letters])) ++letters;
  if (letters > 10 || !one_of(lower_case(text.substr(0, letters)), families)) return 0;
  const auto digits = [&](size_t from) {
    size_t end = from;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end;
  };
  const size_t comma = digits(letters);
  if (comma == letters || comma >= text.size() || text[comma] != ',') return 0;
  const size_t end = digits(comma + 1);
  return end == comma + 1 ? 0 : end;
}

/// Removes the sizes of screens: "13-inch", "16\"". They do not tell which device it is.
void erase_screens(std::vector<NameWord>& words) {
  for (size_t i = 0; i + 1 < words.size();) {
    const bool inch = words[i + 1].text == "inch" || words[i + 1].text == "inches";
    if (is_number(words[i]) && inch)
      words.erase(words.begin() + static_cast<ptrdiff_t>(i), words.begin() + static_cast<ptrdiff_t>(i) + 2);
    else
      ++i;
  }
}

/// All words except those of the host and sizes of screens.
std::vector<NameWord> split(std::string_view text) {
  std::vector<NameWord> words;
  unsigned segment = 0, segments = 0;
  std::vector<unsigned> outside;  // the segments that open brackets interrupt
  bool glued = false;
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '@') break;
    if (const size_t length = glued ? 0 : apple_identifier(text.substr(i)); length > 0) {
      words.push_back({lower_case(text.substr(i, length)), false, segment, false});
      i += length;
      continue;
    }
    if (is_digit(c) || is_letter(c)) {
      const auto same = is_digit(c) ? is_digit : is_letter;
      size_t end = i;
      while (end < text.size() && (same(text[end]) || (text[end] == '.' && is_digit(c) &&
                                                       end + 1 < text.size() && is_digit(text[end + 1]))))
        ++end;
      // "8xH100" is a count before a name.
      if (words.size() == 1 && glued && lower_letter(c) == 'x' && is_number(words.front())) end = i + 1;
      NameWord word{std::string(text.substr(i, end - i)), glued, segment, false};
      word.text = lower_case(word.text);
      words.push_back(std::move(word));
      glued = true;
      i = end;
      continue;
    }
    // A plus is part of a name in "S24+" and "Max+ 395". In "8P+2E" it separates two things.
    if (c == '+' && glued &&
        (i + 1 == text.size() || !std::isalnum(static_cast<unsigned char>(text[i + 1])))) {
      words.push_back({"plus", true, segment, false});
      ++i;
      continue;
    }
    if (c == '"' && glued && is_number(words.back())) words.push_back({"inch", true, segment, false});
    if (std::string_view("([{").find(c) != std::string_view::npos) {
      outside.push_back(segment);
      segment = ++segments;
    } else if (std::string_view(")]}").find(c) != std::string_view::npos) {
      // What follows a bracket continues the segment before it: "X (Pascal) Max-Q".
      segment = outside.empty() ? ++segments : outside.back();
      if (!outside.empty()) outside.pop_back();
    } else if (ends_segment(text, i)) {
      segment = ++segments;
    }
    glued = false;
    ++i;
  }
  erase_screens(words);
  return words;
}

class Statements {
 public:
  explicit Statements(NameWords& name) : name_(name), words_(name.words) {}

  void take() {
    take_macs();
    take_revision();
    take_generation();
    take_gpu_cores();
    take_cores();
    take_memory();
    take_memory_kind();
    take_count();
    take_part();
  }

 private:
  bool is(size_t i, std::string_view text) const { return i < words_.size() && words_[i].text == text; }
  bool number(size_t i) const { return i < words_.size() && is_number(words_[i]); }
  unsigned value(size_t i) const {
    return static_cast<unsigned>(std::strtoul(words_[i].text.c_str(), nullptr, 10));
  }
  void spend(size_t from, size_t to) {
    for (size_t i = from; i < to && i < words_.size(); ++i) words_[i].consumed = true;
  }

  /// The "pro" of "MacBook Pro" and the "mini" of "mini PC" are no suffixes of the chip beside them.
  void take_macs() {
    static constexpr std::array<std::string_view, 4> after{"pro", "air", "mini", "studio"};
    for (size_t i = 0; i < words_.size(); ++i) {
      if (is(i, "mini") && is(i + 1, "pc")) spend(i, i + 2);
      if (is(i, "imac")) {
        spend(i, i + 1);
        name_.mac = true;
      }
      if ((is(i, "macbook") || is(i, "mac")) && i + 1 < words_.size() && one_of(words_[i + 1].text, after)) {
        spend(i, i + 2);
        name_.mac = true;
      }
    }
  }

  /// Takes the revision of a board: "Rev 1.0".
  void take_revision() {
    for (size_t i = 0; i < words_.size(); ++i)
      if ((is(i, "rev") || is(i, "revision")) && number(i + 1)) spend(i, i + 2);
  }

  /// Takes the GPU cores of "32-core GPU" and "40GPU", which "8P+2E" may precede.
  void take_gpu_cores() {
    for (size_t i = 0; i < words_.size(); ++i) {
      if (!number(i)) continue;
      const bool core = is(i + 1, "core") || is(i + 1, "cores") || is(i + 1, "c");
      if (core && is(i + 2, "gpu")) {
        name_.gpu_cores = value(i);
        spend(i, i + 2);
      } else if (is(i + 1, "gpu") && words_[i + 1].glued) {
        name_.gpu_cores = value(i);
        spend(i, i + 1);
        for (size_t j = 0; j + 1 < i; ++j)
          if (number(j) && words_[j + 1].glued && (is(j + 1, "p") || is(j + 1, "e"))) spend(j, j + 2);
      }
    }
  }

  /// Takes "13th Gen" of "13th Gen Intel Core i7-13700H": the number that follows says the same.
  void take_generation() {
    if (number(0) && (is(1, "th") || is(1, "nd") || is(1, "st") || is(1, "rd")) && is(2, "gen")) spend(0, 3);
  }

  /// Takes "16-Core", "(12-core Arm", "(16 Zen5 cores)", "4ch": their number does not tell which device it
  /// is.
  void take_cores() {
    const auto counts = [&](size_t i) {
      return is(i, "core") || is(i, "cores") || is(i, "ch") || is(i, "threads") || is(i, "sockets");
    };
    for (size_t i = 0; i < words_.size(); ++i) {
      if (!number(i) || words_[i].consumed) continue;
      // Outside brackets only directly behind the number, so that "Core i7" is not taken.
      const size_t reach = words_[i].segment == 0 ? 1 : 3;
      for (size_t j = i + 1; j < words_.size() && j <= i + reach; ++j) {
        if (!counts(j) || is(j + 1, "i") || is(j + 1, "ultra")) continue;
        if (j == i + 1 && !is(j, "ch") && !is(j, "sockets")) name_.cores = value(i);
        spend(i, j + 1);
        break;
      }
    }
  }

  /// Takes the memory of "8GB" or "64 GiB", wherever it is in the name.
  void take_memory() {
    for (size_t i = 0; i + 1 < words_.size(); ++i) {
      if (!number(i) || !(is(i + 1, "gb") || is(i + 1, "gib"))) continue;
      const double memory = std::strtod(words_[i].text.c_str(), nullptr);
      if (memory > 0 && memory <= 65536) name_.memory_gib.push_back(memory);
    }
  }

  /// Takes the kind of memory: "DDR4-3200", "LPDDR5X", "HBM2e".
  void take_memory_kind() {
    static constexpr std::array<std::string_view, 4> kinds{"ddr", "lpddr", "gddr", "hbm"};
    for (size_t i = 0; i < words_.size(); ++i) {
      if (!one_of(words_[i].text, kinds)) continue;
      size_t end = i + 1;
      while (end < words_.size() && end < i + 4 && words_[end].segment == words_[i].segment &&
             (words_[end].glued || number(end)))
        ++end;
      spend(i, end);
    }
  }

  /// Takes the count of "2x RTX 3090" or "dual RTX 3090".
  void take_count() {
    constexpr unsigned most = 1024;
    const size_t size = words_.size();
    const auto set = [&](unsigned count, size_t from, size_t to) {
      if (count < 1 || count > most) return;
      name_.count = count;
      spend(from, to);
    };
    if (size > 2 && number(0) && is(1, "x") && words_[1].glued)
      set(value(0), 0, 2);
    else if (size > 2 && number(0) && is(1, "x") && !words_[2].glued)
      set(value(0), 0, 2);
    else if (size > 1 && is(0, "dual"))
      set(2, 0, 1);
  }

  void take_part() {
    for (NameWord& word : words_) {
      if (const auto part = part_word(word.text)) name_.part = part;
      if (is_interface(word.text)) word.consumed = true;
      if (is_vendor(word.text)) name_.vendor = word.text;
    }
  }

  NameWords& name_;
  std::vector<NameWord>& words_;
};

}  // namespace

NameWords device_words(std::string_view name) {
  NameWords read;
  read.words = split(plain(without_driver_words(name)));
  Statements(read).take();
  for (const NameWord& word : read.words)
    if (must_fit(word.text)) read.claims.push_back(word.text);
  std::erase_if(read.words, [](const NameWord& word) { return says_nothing(word.text); });
  return read;
}

std::vector<std::string> name_words(std::string_view name) {
  std::vector<std::string> texts;
  for (NameWord& word : split(plain(name)))
    if (!says_nothing(word.text)) texts.push_back(std::move(word.text));
  return texts;
}

}  // namespace weighin
