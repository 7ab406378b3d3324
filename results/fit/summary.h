// The first answer: one line a size class with the model to try, what binds beyond, and what would help.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/capacity/capacity.h"
#include "results/fit/question.h"
#include "results/fit/verdict.h"

namespace weighin {

/// Of the verdicts of `task`, the one to try in each size class, smallest class first: of those with the best
/// answer there, one with a permissive licence before others, and then the newest. Pointers into `verdicts`.
std::vector<const Verdict*> best_of_each_class(std::span<const Verdict> verdicts, Task task);

/// For a terminal `columns` wide, short enough for one screen: the device; the largest class that runs well;
/// a table of best_of_each_class, of encoders in a block of its own; what keeps the next class from running
/// well and what would help; commands to go on with. `verdicts`: one a model of the catalogue.
std::string summary_text(std::span<const Verdict> verdicts, const Capacity& capacity,
                         const Question& question, const std::string& accuracy, unsigned columns);

}  // namespace weighin
