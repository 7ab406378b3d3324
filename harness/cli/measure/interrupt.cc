#include "harness/cli/measure/interrupt.h"

#include <csignal>

#include "probes/host/process.h"

namespace weighin {
namespace {

volatile std::sig_atomic_t noted = 0;

void on_interrupt(int signal) {
  noted = 1;
  stop_running_process();
  std::signal(signal, SIG_DFL);
}

}  // namespace

void watch_for_interrupt() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

bool interrupted() {
  return noted != 0;
}

}  // namespace weighin
