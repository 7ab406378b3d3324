// weighin report: the HTML report and CSV files of a measured device.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "harness/cli/command.h"
#include "harness/cli/whole_file.h"
#include "probes/all_probes.h"
#include "results/report/report.h"

namespace weighin {
namespace {

struct ReportOptions {
  std::string html, csv, device;
};

struct Subject {
  Device device;
  Capacity capacity;
};

/// The stored device named, or this machine now, which must be in the store. Error: it is not.
tl::expected<Subject, std::string> subject_of(const Store& store, const std::string& name,
                                              const Invocation& invocation) {
  if (!name.empty()) {
    auto device = store.find_device(name);
    if (!device) return tl::unexpected(device.error());
    Capacity capacity = capacity_of(*device);
    return Subject{std::move(*device), std::move(capacity)};
  }
  const Machine machine = probe_machine(invocation.host);
  auto device = store.find_device(machine.id);
  if (!device)
    return tl::unexpected(
        fmt::format("this machine is not in {}; run `weighin run` first, or name a device with --device ({})",
                    invocation.database, device.error()));
  Capacity capacity = capacity_of(machine);
  capacity.device = device->label.empty() ? device->id : device->label;
  return Subject{std::move(*device), std::move(capacity)};
}

tl::expected<void, std::string> write_html(const Store& store, const ReportOptions& options,
                                           const Invocation& invocation) {
  const auto subject = subject_of(store, options.device, invocation);
  if (!subject) return tl::unexpected(subject.error());
  const auto input = report_input(store, subject->device, subject->capacity, Question{});
  if (!input) return tl::unexpected(input.error());
  const std::filesystem::path path =
      options.html.empty() ? report_beside(invocation.database) : std::filesystem::path(options.html);
  if (auto written = write_whole_file(path, report_html(*input)); !written) return written;
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
  // CSV holds every device of the database; a report is of one.
  if (!options.csv.empty()) {
    const auto files = store->export_csv(options.csv);
    if (!files) return fail(invocation, files.error());
    for (const std::string& file : *files) fmt::print("csv: {}\n", file);
    if (options.html.empty() && options.device.empty()) return;
  }
  if (const auto written = write_html(*store, options, invocation); !written)
    return fail(invocation, written.error());
}

}  // namespace

void add_report(Command program, Invocation& invocation) {
  auto options = std::make_shared<ReportOptions>();
  const Command command = program.subcommand("report", "Write what was measured as one HTML file, or as CSV");
  command.footer(
      "\nThe HTML file is whole: it needs no network, and can be read with scripts off.\n"
      "Without options it is written as report.html beside the database.");
  add_database_option(command, invocation);
  command.option("--html", &options->html, "Where the HTML report is written").type_name("FILE");
  command.option("--csv", &options->csv, "A folder for CSV files, one a table of the database")
      .type_name("DIR");
  command.option("--device", &options->device, "A measured device, by label or id; else this machine, now");
  command.action([options, &invocation] { run_report(*options, invocation); });
}

}  // namespace weighin
