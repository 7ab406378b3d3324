// The grid of size classes and formats: one number and one sign a cell, with the verdict in words.
#pragma once

#include "results/report/input.h"
#include "results/report/template_data.h"

namespace weighin {

/// Sets the template's values `grid` (one row a size class), `formats`, `format_groups` (formats of as many
/// bits), `legend` (what the signs mean) and `any_grid`.
void add_grid(TemplateData& page, const ReportInput& input);

}  // namespace weighin
