#include "results/text/terminal.h"

#include <fmt/format.h>

#include <algorithm>

namespace weighin {

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

std::vector<std::string> aligned(const std::vector<std::vector<std::string>>& rows,
                                 const std::set<size_t>& right) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i)
      line += right.contains(i) ? fmt::format("{:>{}} ", row[i], widths[i])
                                : fmt::format("{:<{}} ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace weighin
