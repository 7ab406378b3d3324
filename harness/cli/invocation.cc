#include "harness/cli/invocation.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace weighin {

std::string data_folder(const Host& host) {
  if (const auto data = host.environment("XDG_DATA_HOME"); data && !data->empty()) return *data + "/weighin";
  if (const auto home = host.environment("HOME"); home && !home->empty())
    return *home + "/.local/share/weighin";
  return "";
}

void fail(Invocation& invocation, const std::string& message) {
  std::fflush(stdout);
  std::fputs(fmt::format("weighin: {}\n", message).c_str(), stderr);  // never throws, unlike fmt::print
  invocation.exit_code = exit_error;
}

unsigned terminal_columns(int descriptor, unsigned otherwise) {
  winsize size{};
  const bool known = isatty(descriptor) && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : otherwise;
}

}  // namespace weighin
