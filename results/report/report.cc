#include "results/report/report.h"

#include <span>
#include <string_view>
#include <utility>

#include "results/report/charts.h"
#include "results/report/first_screen.h"
#include "results/report/grid.h"
#include "results/report/machine.h"
#include "results/report/tables.h"
#include "results/report/template_data.h"

namespace weighin {

std::span<const std::pair<std::string_view, std::string_view>> report_files();  // cmake/embed.cmake

namespace {

std::string embedded(std::string_view name) {
  for (const auto& [file, text] : report_files()) {
    if (file == name) return std::string(text);
  }
  return "";
}

}  // namespace

std::string report_html(const ReportInput& input) {
  TemplateData page;
  add_first_screen(page, input);
  add_grid(page, input);
  add_models(page, input);
  add_kernels(page, input);
  add_machine(page, input);
  add_provenance(page, input);
  page.set("rules", verdict_rules());
  page.set("charts", charts_json(input));
  page.set("style", embedded("report.css"));
  page.set("script", embedded("report.bundle.js"));
  page.set("script_sha256", embedded("report.bundle.sha256"));
  kainjow::mustache::mustache page_template(embedded("report.mustache"));
  return page_template.render(page);
}

}  // namespace weighin
