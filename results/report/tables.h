// The report's long tables: every model and every measurement.
#pragma once

#include "results/report/input.h"
#include "results/report/template_data.h"

namespace weighin {

/// Sets the template's values `models` (one row a model) and `any_models`.
void add_models(TemplateData& page, const ReportInput& input);

/// Sets the template's values `kernels` (one row a measurement, whether it was measured or not),
/// `kernel_count` and `any_kernels`.
void add_kernels(TemplateData& page, const ReportInput& input);

}  // namespace weighin
