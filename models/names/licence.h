// Licences by the names that Hugging Face gives them.
#pragma once

#include <string_view>

namespace weighin {

/// Whether `licence` lets anybody use, change and pass on the weights for any purpose, naming the authors at
/// most: one approved by the Open Source Initiative as permissive (opensource.org/licenses), or a
/// public-domain dedication.
bool is_permissive(std::string_view licence);

}  // namespace weighin
