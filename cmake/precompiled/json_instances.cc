// The functions of nlohmann::json that often_included_json.h says are compiled here.
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using nlohmann::json;
using FromPointer = nlohmann::detail::iterator_input_adapter<const char*>;
using FromString = nlohmann::detail::iterator_input_adapter<std::string::const_iterator>;

template class nlohmann::basic_json<>;
template class nlohmann::detail::serializer<json>;
template class nlohmann::detail::lexer<json, FromPointer>;
template class nlohmann::detail::lexer<json, FromString>;
template class nlohmann::detail::parser<json, FromPointer>;
template class nlohmann::detail::parser<json, FromString>;
template class std::vector<json>;
template class std::map<std::string, json, std::less<>>;
