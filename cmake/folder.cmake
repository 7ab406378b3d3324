# weighin_folder(PATH [TIMED] [EXCEPT NAME...]): one library a folder, weighin_ and the last part of its path, made of
# every .cc below it but those in the files or folders NAME. TIMED: how fast its code runs is what weighin measures, so
# it is compiled with every optimization (cmake/precompiled.cmake).
#
# It exports one include directory that holds a link to its own folder and nothing else, so a file
# can include "models/shape/shape.h" only if its library links weighin_models: the flow of docs/flow.md
# is checked by the compiler before it is checked by a test.
function(weighin_folder path)
  cmake_parse_arguments(folder "TIMED" "" EXCEPT ${ARGN})
  get_filename_component(name ${path} NAME)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  foreach(left_out ${folder_EXCEPT})
    list(FILTER sources EXCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/${left_out}(/|$)")
  endforeach()
  add_library(weighin_${name} STATIC ${sources})
  set(include_dir ${CMAKE_BINARY_DIR}/include/${name})
  get_filename_component(above ${include_dir}/${path} DIRECTORY)
  file(MAKE_DIRECTORY ${above})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${include_dir}/${path} SYMBOLIC)
  target_include_directories(weighin_${name} PUBLIC ${include_dir})
  if(NOT folder_TIMED)
    weighin_precompile(weighin_${name})
  endif()
endfunction()
