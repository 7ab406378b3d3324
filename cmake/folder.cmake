# weighin_folder(NAME): one library a folder, made of every .cc below it.
#
# It exports one include directory that holds a link to its own folder and nothing else, so a file
# can include "models/shape.h" only if its library links weighin_models: the flow of docs/flow.md
# is checked by the compiler before it is checked by a test.
function(weighin_folder name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(REMOVE_ITEM sources ${ARGN})
  if(NOT sources)
    file(WRITE ${CMAKE_BINARY_DIR}/empty.cc "")
    set(sources ${CMAKE_BINARY_DIR}/empty.cc)
  endif()
  add_library(weighin_${name} STATIC ${sources})
  set(include_dir ${CMAKE_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${include_dir})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${include_dir}/${name} SYMBOLIC)
  target_include_directories(weighin_${name} PUBLIC ${include_dir})
endfunction()
