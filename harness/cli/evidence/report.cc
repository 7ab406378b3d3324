#include "harness/cli/evidence/report.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "harness/cli/load_device.h"
#include "harness/cli/shared_options.h"
#include "harness/cli/whole_file.h"
#include "results/report/report.h"
#include "results/store/store.h"

namespace weighin {
namespace {

struct ReportOptions {
  std::string html, csv, device;
};

tl::expected<void, std::string> write_html(const ReportOptions& options, const Invocation& invocation) {
  auto loaded = load_stored_device(options.device, invocation);
  if (!loaded) return tl::unexpected(loaded.error());
  const ReportInput input = report_input(loaded->device, loaded->profile, std::move(loaded->run), Question{});
  const std::filesystem::path path =
      options.html.empty() ? report_beside(invocation.database) : std::filesystem::path(options.html);
  if (auto written = write_whole_file(path, report_html(input)); !written) return written;
  if (options.html != "/dev/stdout") fmt::print("report: {}\n", path.string());
  return {};
}

void run_report(const ReportOptions& options, Invocation& invocation) {
  std::error_code ignored;
  if (!invocation.database.empty() && !std::filesystem::exists(invocation.database, ignored))
    return fail(invocation,
                fmt::format("there is no database {}; run `weighin run` first", invocation.database));
  auto store = Store::open(invocation.database, Access::read);
  if (!store) return fail(invocation, store.error());
  // The CSV files hold every device of the database; a report is about one.
  if (!options.csv.empty()) {
    const auto files = store->export_csv(options.csv);
    if (!files) return fail(invocation, files.error());
    for (const std::string& file : *files) fmt::print("csv: {}\n", file);
    if (options.html.empty() && options.device.empty()) return;
  }
  if (const auto written = write_html(options, invocation); !written)
    return fail(invocation, written.error());
}

}  // namespace

Command add_report(Command program, Invocation& invocation) {
  auto options = std::make_shared<ReportOptions>();
  const Command command = program.subcommand("report", "Write what was measured as one HTML file, or as CSV");
  command.footer("The HTML file is whole: it needs no network and can be read with scripts off.");
  command
      .option("--html", &options->html,
              "Where to write the HTML report; default: report.html beside the database")
      .type_name("FILE");
  command
      .option("--csv", &options->csv, "Write CSV files into this folder, one for each table of the database")
      .type_name("FOLDER");
  command
      .option("--device", &options->device, "A measured device, by label or id; default: this machine, now")
      .type_name("NAME");
  add_database(command, invocation);
  command.action([options, &invocation] { run_report(*options, invocation); });
  return command;
}

}  // namespace weighin
