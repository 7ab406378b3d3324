// The report's tables of facts: the machine, and where the numbers come from.
#pragma once

#include "results/report/input.h"
#include "results/report/template_data.h"

namespace weighin {

/// Sets the template's value `machine`: a row for every fact that the probes read. A fact that they could not
/// read is shown with its reason.
void add_machine(TemplateData& page, const ReportInput& input);

/// Sets the template's value `provenance`: program, run and times.
void add_provenance(TemplateData& page, const ReportInput& input);

}  // namespace weighin
