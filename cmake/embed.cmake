# weighin_embed(TARGET FUNCTION FILE...): puts files into the binary, so that one executable carries
# everything it needs. Defines, in namespace weighin,
#   std::span<const std::pair<std::string_view, std::string_view>> FUNCTION();   // (file name, text)
# which the consumer declares itself.
function(weighin_embed target function)
  set(assembly "")
  set(declarations "")
  set(rows "")
  set(index 0)
  foreach(file ${ARGN})
    get_filename_component(name ${file} NAME)
    set(symbol ${function}_${index})
    string(APPEND assembly
      "asm(\".section .rodata\\n${symbol}_begin:\\n.incbin \\\"${file}\\\"\\n${symbol}_end:\\n.byte 0\\n.previous\");\n")
    # Hidden, as these labels are: else 64-bit ARM takes their addresses from the linker's table, which has one for the
    # start of their section alone.
    string(APPEND declarations
      "[[gnu::visibility(\"hidden\")]] extern const char ${symbol}_begin[], ${symbol}_end[];\n")
    string(APPEND rows
      "      {\"${name}\", {${symbol}_begin, static_cast<std::size_t>(${symbol}_end - ${symbol}_begin)}},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${function}.embedded.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT
"#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

${assembly}
extern \"C\" {
${declarations}}

namespace weighin {
std::span<const std::pair<std::string_view, std::string_view>> ${function}() {
  static const std::array<std::pair<std::string_view, std::string_view>, ${index}> files{{
${rows}  }};
  return files;
}
}  // namespace weighin
")
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${ARGN}")
  target_sources(${target} PRIVATE ${source})
endfunction()
