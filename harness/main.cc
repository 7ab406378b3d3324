// weighin: which models can this machine run, how fast, and if not, what would make them fit.
#include "harness/cli/run_command_line.h"

int main(int argc, char** argv) {
  return weighin::run_command_line(argc, argv);
}
