// Where llama.cpp's libraries lie on this machine.
#pragma once

#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "probes/host/host.h"

namespace weighin {

/// The folders with llama.cpp's libraries (libggml-base*.so), the most likely one first. `given` is "auto",
/// "none" or a path: a folder with the libraries, an installation that has them in bin/ or lib/, or a folder
/// into which the adapter's npm packages were installed. "auto" looks into the folder that WEIGHIN_ENGINE
/// names, beside the program (engine/, as the portable archive may carry them), into the adapter's folder,
/// into the npm folders of this checkout's builds, and beside a llama-bench on the PATH. Empty for "none",
/// and where "auto" finds none. Error: the path that was given has no libraries.
tl::expected<std::vector<std::filesystem::path>, std::string> find_engine_libraries(const Host& host,
                                                                                    const std::string& given);

}  // namespace weighin
