# Compute shaders: GLSL compiled to SPIR-V at build (Debian's glslang-tools) and put into the binary.
#
# weighin_shaders(TARGET FOLDER): compiles what FOLDER/shader_list.cmake names and gives TARGET
# shader_binaries() (cmake/embed.cmake): (name.spv, SPIR-V). Each shader is a file that includes its parts, made here,
# since an include cannot be named by a macro.

# weighin_shader(NAME PART...): for the list. In their order, files are included and other words defined.
function(weighin_shader name)
  set(joined "#version 450\n#extension GL_GOOGLE_include_directive : require\n")
  foreach(extension GL_KHR_shader_subgroup_basic GL_KHR_shader_subgroup_arithmetic GL_EXT_spirv_intrinsics
      GL_EXT_shader_explicit_arithmetic_types_float16 GL_KHR_memory_scope_semantics GL_NV_cooperative_matrix)
    string(APPEND joined "#extension ${extension} : enable\n")
  endforeach()
  set(needs ${shader_folder}/shader_list.cmake)
  foreach(part ${ARGN})
    if(part MATCHES "\\.glsl$")
      string(APPEND joined "#include \"${part}\"\n")
    else()
      string(APPEND joined "#define ${part}\n")
    endif()
  endforeach()
  set(source ${shader_build}/${name}.comp)
  set(binary ${shader_build}/${name}.spv)
  file(CONFIGURE OUTPUT ${source} CONTENT "${joined}" @ONLY)
  add_custom_command(OUTPUT ${binary}
    COMMAND ${GLSLANG} --quiet --target-env vulkan1.1 -I${shader_folder} ${source} -o ${binary}
    DEPENDS ${source} ${shader_includes} VERBATIM)
  set_property(GLOBAL APPEND PROPERTY weighin_shader_binaries ${binary})
endfunction()

# weighin_products(OPERATION FORMATS ... ARITHMETIC NAME [PARTS ...]): for the list; one shader a format, of the
# arithmetic's file and the operation's where no other parts are named.
function(weighin_products operation)
  cmake_parse_arguments(of "" ARITHMETIC "FORMATS;PARTS" ${ARGN})
  if(NOT of_PARTS)
    set(of_PARTS arithmetic/${of_ARITHMETIC}.glsl ${operation}.glsl)
  endif()
  foreach(format ${of_FORMATS})
    weighin_shader(${operation}.${format}.${of_ARITHMETIC} layout.glsl formats/${format}.glsl ${of_PARTS})
  endforeach()
endfunction()

function(weighin_shaders target folder)
  find_program(GLSLANG NAMES glslangValidator glslang)
  if(NOT GLSLANG)
    message(FATAL_ERROR "The GPU's shaders need glslangValidator to build, which is missing: install the Debian package "
      "\"glslang-tools\", or run ./scripts/setup.")
  endif()
  set(shader_folder ${folder})
  set(shader_build ${CMAKE_BINARY_DIR}/shaders)
  file(MAKE_DIRECTORY ${shader_build})
  # Any shader may include any of them: all are made again when one changes, which takes seconds.
  file(GLOB_RECURSE shader_includes CONFIGURE_DEPENDS ${folder}/*.glsl)
  include(${folder}/shader_list.cmake)
  get_property(binaries GLOBAL PROPERTY weighin_shader_binaries)
  weighin_embed(${target} shader_binaries ${binaries})
endfunction()
