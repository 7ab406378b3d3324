// The report's first screen: headline, key figures, assumptions and warnings.
#pragma once

#include "results/report/input.h"
#include "results/report/template_data.h"

namespace weighin {

/// Sets the template's values `headline`, `sentence`, `device`, `figures`, `assumptions`, `warnings` and
/// `any_warnings`.
void add_first_screen(TemplateData& page, const ReportInput& input);

}  // namespace weighin
