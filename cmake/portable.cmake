# For the portable archive: what can be linked in is, and the rest is found in lib/ beside the binary.
#
# The C++ library is linked in, never carried: a carried one would be loaded before the machine's own, and the
# machine's Vulkan drivers, often built for a newer one, would then not load. So every other C++ library is linked in
# too. An rpath of the old kind (DT_RPATH), because a library in lib/ finds those it needs itself by it as well.
add_link_options(-static-libstdc++ -static-libgcc -Wl,--disable-new-dtags)
set(CMAKE_BUILD_RPATH "$ORIGIN/lib")
find_library(SQLITE_STATIC libsqlite3.a REQUIRED)
set(SQLite3_LIBRARY ${SQLITE_STATIC} CACHE FILEPATH "" FORCE)

# fmt: the static library (scripts/portable builds it) under Debian's headers, so that what is compiled is what the other builds compile.
function(link_fmt_static)
  if(NOT EXISTS "${FMT_STATIC}")
    message(FATAL_ERROR "FMT_STATIC names no library: '${FMT_STATIC}'; scripts/portable builds one and passes it")
  endif()
  foreach(configuration NONE RELEASE)
    set_target_properties(fmt::fmt PROPERTIES IMPORTED_LOCATION_${configuration} "${FMT_STATIC}")
  endforeach()
endfunction()
