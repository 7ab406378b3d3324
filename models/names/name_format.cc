#include "models/names/name_format.h"

#include <regex>
#include <vector>

#include "models/format/file_format.h"
#include "models/text/letters.h"

namespace weighin {
namespace {

/// Formats as names write them, the most specific first. Publishers differ in what stands between the parts
/// ([-_ ]).
constexpr const char* patterns[] = {
    R"((?:UD-)?(?:IQ\d[-_](?:XXS|XS|S|M|NL|KS|KT|K)|TQ\d_\d|Q\d[-_]K[-_](?:XXL|XL|S|M|L|P)|Q\d_\d_\d_\d|Q\d[-_][01]|Q\d[-_]K))",
    R"(Q\d{1,2}F\d{2}(?:_\w+)?)",                                        // MLC: q4f16_1
    R"(MXFP\d(?:[-_ ]MOE)?|NVFP4)",                                      // microscaling
    R"((?:AWQ|GPTQ|MLX|BNB|HQQ|UQFF)[-_ ]?(?:INT|Q)?\d[-_ ]?(?:BIT)?)",  // the method with its bits
    R"((?:INT\d|\d[-_]?BITS?)[-_ ](?:AWQ|GPTQ|MLX))",
    R"(GPTQ[-_ ]G\d+|EXL\d[-_ ]\d(?:\.\d+)?[-_ ]?BPW)",
    R"(W\dA\d{1,2}(?:_G\d+)?)",
    R"(BF16|FP16|F16|FP32|F32|FP8|FP4|INT8|INT4)",
    R"(\d[-_ ]?BITS?)",
    R"(AWQ|GPTQ|EXL\d|Q[2-8])",
};

/// The spelling of file_formats.inc where the format is there, else a common spelling of `written`.
std::string spelled(const std::string& written) {
  std::string name = written;
  const std::string capitals = upper_case(written);
  if (capitals == "FP16" || capitals == "FP32") name.erase(1, 1);
  // Between the letters of a k-quant stands "-" or "_".
  std::string joined = name;
  if (capitals.starts_with("UD-")) {
    joined = capitals;
    std::replace(joined.begin() + 3, joined.end(), '-', '_');
    return joined;
  }
  std::replace(joined.begin(), joined.end(), '-', '_');
  std::replace(joined.begin(), joined.end(), ' ', '_');
  for (const std::string& spelling : {name, joined})
    if (const FileFormat* format = find_file_format(spelling)) return std::string(format->name);
  std::replace(name.begin(), name.end(), ' ', '-');
  const bool quant = (capitals.starts_with("Q") && capitals.find('F') == std::string::npos) ||
                     capitals.starts_with("IQ") || capitals.starts_with("MX") || capitals.starts_with("NV") ||
                     capitals.starts_with("INT") || capitals.starts_with("FP");
  return quant ? upper_case(name) : name;
}

}  // namespace

std::string take_format(std::string& name) {
  // Compiled once, since tables of a hundred thousand names are resolved.
  static const std::vector<std::regex> expressions = [] {
    std::vector<std::regex> compiled;
    for (const char* pattern : patterns)  // not inside a word or number
      compiled.emplace_back(std::string("(^|[^A-Za-z0-9])(") + pattern + ")(?![A-Za-z0-9])",
                            std::regex::icase);
    return compiled;
  }();
  std::string found;
  for (const std::regex& expression : expressions) {
    for (std::smatch match; std::regex_search(name, match, expression);) {
      if (found.empty()) found = spelled(match[2]);
      name = std::string(match.prefix()) + match[1].str() + " " + std::string(match.suffix());
    }
  }
  return found;
}

}  // namespace weighin
