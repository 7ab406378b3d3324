#include "models/names/model_name.h"

#include <algorithm>
#include <cctype>

#include "models/text/letters.h"

namespace weighin {

std::string model_name(std::string_view title) {
  std::string name;
  for (const unsigned char c : title.substr(0, 100)) {
    const bool plain = std::isalnum(c) || c == '.' || c == '-' || c == '_';
    if (plain && c < 0x80) {
      name += lower_letter(static_cast<char>(c));
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  name.erase(0, std::min(name.find_first_not_of(".-"), name.size()));
  return name.empty() ? "model" : name;
}

}  // namespace weighin
