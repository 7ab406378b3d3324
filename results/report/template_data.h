// The values that the report's template (report.mustache) is filled with.
#pragma once

#include <kainjow/mustache.hpp>

namespace weighin {

/// A value that the template names. The template escapes each value where it shows it.
using TemplateData = kainjow::mustache::data;

inline TemplateData empty_list() {
  return TemplateData{TemplateData::type::list};
}

}  // namespace weighin
