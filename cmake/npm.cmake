# npm packages, by lock file: fetched once into the build folder and bundled there. Nothing of them is committed.
#
# weighin_npm_bundle(TARGET_VARIABLE): adds the commands that make report.bundle.js (the report's script with
# the parts of Observable Plot it uses, and their licences) and report.bundle.sha256 (its hash, for the page's
# content security policy), and sets the variable to the two files' paths. A second build does nothing.
#
# This file is also the script that runs npm, so that a failure ends in a sentence that says what to do.

if(CMAKE_SCRIPT_MODE_FILE)
  execute_process(
    COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline ${NPM_OMIT}
    WORKING_DIRECTORY ${NPM_FOLDER}
    RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(failed)
    message(FATAL_ERROR "${said}\nnpm could not fetch the report's chart library (package-lock.json). It needs the "
      "network, or npm's cache of an earlier build; npm itself comes with the Debian package \"npm\".")
  endif()
  file(TOUCH ${NPM_FOLDER}/installed)
  return()
endif()

function(weighin_npm_bundle files)
  find_program(NODE NAMES node nodejs)
  find_program(NPM npm)
  if(NOT NODE OR NOT NPM)
    message(FATAL_ERROR "The report's charts need node 18 or newer and npm to build, and one is missing: install "
      "the Debian package \"npm\" (it brings nodejs), or run ./scripts/setup.")
  endif()
  set(folder ${CMAKE_BINARY_DIR}/npm)
  set(omit --omit=dev)
  if(WEIGHIN_TESTS)
    set(omit "")
  endif()
  # Another choice of packages is another command line, and so runs npm again.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/package.json ${PROJECT_SOURCE_DIR}/package-lock.json)
  file(READ ${PROJECT_SOURCE_DIR}/package.json packages)
  file(READ ${PROJECT_SOURCE_DIR}/package-lock.json lock)
  # llama.cpp's libraries for the tests (x86-64 Linux alone has them). npm leaves an optional package out without a word
  # where Node.js is older than the package asks for, as Debian 12's is; its libraries are called without its JavaScript.
  # So the package is not optional where it is wanted, asks for no Node.js, and is not there at all elsewhere.
  set(engine @node-llama-cpp/linux-x64)
  if(WEIGHIN_TESTS AND CMAKE_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    string(JSON version GET "${packages}" optionalDependencies ${engine})
    string(JSON packages SET "${packages}" dependencies ${engine} "\"${version}\"")
    string(JSON lock SET "${lock}" packages "" dependencies ${engine} "\"${version}\"")
    string(JSON lock REMOVE "${lock}" packages node_modules/${engine} engines)
    string(JSON lock REMOVE "${lock}" packages node_modules/${engine} optional)
  else()
    string(JSON lock REMOVE "${lock}" packages node_modules/${engine})
  endif()
  string(JSON packages REMOVE "${packages}" optionalDependencies ${engine})
  string(JSON lock REMOVE "${lock}" packages "" optionalDependencies ${engine})
  file(CONFIGURE OUTPUT ${folder}/package.json CONTENT "${packages}" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/package-lock.json CONTENT "${lock}" @ONLY)
  configure_file(${PROJECT_SOURCE_DIR}/.npmrc ${folder}/.npmrc COPYONLY)
  add_custom_command(
    OUTPUT ${folder}/installed
    COMMAND ${CMAKE_COMMAND} -DNPM=${NPM} -DNPM_FOLDER=${folder} "-DNPM_OMIT=${omit}"
      -P ${PROJECT_SOURCE_DIR}/cmake/npm.cmake
    DEPENDS ${folder}/package.json ${folder}/package-lock.json ${folder}/.npmrc
    COMMENT "Fetching the report's chart library by package-lock.json" VERBATIM)
  set(bundle ${folder}/report.bundle.js ${folder}/report.bundle.sha256)
  set(script ${PROJECT_SOURCE_DIR}/results/report/report.js)
  set(bundler ${PROJECT_SOURCE_DIR}/results/report/bundle.mjs)
  add_custom_command(
    OUTPUT ${bundle}
    COMMAND ${NODE} ${bundler} ${script} ${bundle}
    DEPENDS ${folder}/installed ${script} ${bundler}
    WORKING_DIRECTORY ${folder}
    COMMENT "Bundling the report's script" VERBATIM)
  set(${files} ${bundle} PARENT_SCOPE)
endfunction()
