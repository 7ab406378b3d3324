# weighin_precompile(TARGET [TESTS]): TARGET's files start from headers that are read once a build
# (cmake/precompiled/often_included.h; for TESTS, GoogleTest's too), and are optimized by -O1. Compiling from nothing
# so takes less than half the processor time of reading every header in every file at -O3. That is for what is timed: a
# target that is not named here (the kernels), and the files that weighin_keep_optimized names.
#
# GCC alone: what other compilers are called with stays as it is. A sanitized build has an optimization of its own
# (scripts/test-sanitized).
include_guard()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT WEIGHIN_FUZZ)
  set(WEIGHIN_PRECOMPILED ON)
endif()
set(WEIGHIN_CHEAP "$<$<CONFIG:Release>:-O1>")

# A library of SOURCE that makes precompiled headers, for the targets that take them over.
function(weighin_precompiled_headers name source)
  add_library(${name} STATIC ${source})
  target_compile_options(${name} PRIVATE ${WEIGHIN_CHEAP})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled)
  target_link_libraries(${name} PUBLIC fmt::fmt nlohmann_json::nlohmann_json tl::expected)
  # Named without saying where this checkout stands, so that ccache gives another checkout the same file.
  target_precompile_headers(${name} PRIVATE ${ARGN})
  set_property(GLOBAL PROPERTY ${name}_headers ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.dir/cmake_pch.hxx)
endfunction()

if(WEIGHIN_PRECOMPILED)
  set(no_source ${CMAKE_BINARY_DIR}/no_source.cc)
  file(CONFIGURE OUTPUT ${no_source} CONTENT "")
  weighin_precompiled_headers(weighin_plain ${no_source} <often_included.h>)
  weighin_precompiled_headers(weighin_json ${PROJECT_SOURCE_DIR}/cmake/precompiled/json_instances.cc
    <often_included_json.h>)
  if(WEIGHIN_TESTS)
    find_package(GTest REQUIRED)
    weighin_precompiled_headers(weighin_plain_tests ${no_source} <often_included.h> <gtest/gtest.h>)
    weighin_precompiled_headers(weighin_json_tests ${no_source} <often_included_json.h> <gtest/gtest.h>)
    target_link_libraries(weighin_plain_tests PUBLIC GTest::gtest)
    target_link_libraries(weighin_json_tests PUBLIC GTest::gtest)
  endif()
endif()

function(weighin_precompile target)
  if(NOT WEIGHIN_PRECOMPILED)
    return()
  endif()
  set(suffix "")
  if("TESTS" IN_LIST ARGN)
    set(suffix _tests)
  endif()
  target_compile_options(${target} PRIVATE ${WEIGHIN_CHEAP})
  target_link_libraries(${target} PUBLIC weighin_json)
  target_precompile_headers(${target} REUSE_FROM weighin_plain${suffix})
  # A target has one file of precompiled headers; the files that speak of JSON are told of the other themselves, since
  # it costs every file that does not use it half a second.
  get_property(with_json GLOBAL PROPERTY weighin_json${suffix}_headers)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    if(EXISTS ${source} AND source MATCHES "\\.cc$")
      file(STRINGS ${source} mentions REGEX "json" LIMIT_COUNT 1)
      get_source_file_property(skipped ${source} SKIP_PRECOMPILE_HEADERS)
      if(mentions AND NOT skipped)
        set_source_files_properties(${source} PROPERTIES SKIP_PRECOMPILE_HEADERS ON
          COMPILE_OPTIONS "-Winvalid-pch;-include;${with_json}" OBJECT_DEPENDS ${with_json}.gch)
      endif()
    endif()
  endforeach()
endfunction()

# Files of the calling directory whose own time counts, named before its weighin_folder.
function(weighin_keep_optimized)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  if(NOT WEIGHIN_SANITIZE)
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-O3>")
  endif()
endfunction()
