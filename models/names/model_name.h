// The name of a model as it is typed.
#pragma once

#include <string>
#include <string_view>

namespace weighin {

/// "Llama 3.2 1B Instruct" -> "llama-3.2-1b-instruct": lower-case ASCII letters, digits, dots, hyphens and
/// underscores, which are safe in a file's name. "model" where nothing of `title` remains.
std::string model_name(std::string_view title);

}  // namespace weighin
