#include "results/report/grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <string_view>

#include "models/names/catalogue.h"

#include "models/text/units.h"
#include "results/report/words.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

/// What stands for an answer in a cell, so that colour is never the only carrier. A disc that is fuller means
/// a better answer. All signs are single characters that system fonts have.
struct Sign {
  std::string_view answer_class;  // as answer_class() gives it
  std::string_view sign;
  std::string_view words;
  std::string_view number;  // what the cell's number is
};
constexpr Sign signs[] = {{"well", "●", "runs well", "speed"},
                          {"runs", "◐", "runs", "speed"},
                          {"slow", "○", "slow", "speed"},
                          {"no", "×", "does not fit", "GiB it needs"},
                          {"unknown", "?", "not measured", "GiB it needs"}};

std::string sign_of(const std::string& answer_class) {
  const auto sign = std::find_if(std::begin(signs), std::end(signs),
                                 [&](const Sign& each) { return each.answer_class == answer_class; });
  return std::string(sign == std::end(signs) ? "?" : sign->sign);
}

/// The groups of columns: formats of at least so many bits, and of fewer than the group before.
struct BitsGroup {
  double bits;
  const char* heading;
};
constexpr BitsGroup bits_groups[] = {
    {16, "16 bits and more"}, {8, "8 bits"}, {6, "6 bits"}, {5, "5 bits"}, {4, "4 bits"},
    {0, "under 4 bits"}};

/// The bits of one weight's value in most matrices of `format`. A block of a quantized format holds scales
/// besides its values (the 8.5 bits a weight of q8_0 are 8 of the value and 0.5 of the scale), so that the
/// bits of the value are the largest whole number below the block's bits a weight.
double value_bits(const FileFormat& format) {
  const QuantFormat& base = format_of(format.base);
  return base.quantized() ? std::ceil(base.bits_per_weight()) - 1 : base.bits_per_weight();
}

const BitsGroup& bits_group(const FileFormat& format) {
  return *std::find_if(std::begin(bits_groups), std::prev(std::end(bits_groups)),
                       [&](const BitsGroup& group) { return value_bits(format) >= group.bits; });
}

/// `value` with two significant digits and at most five characters: "0.12", "45", "950", "1.2k", "34M".
std::string short_number(double value) {
  const std::string digits = two_digits(value);  // 999.6 is "1000" here
  if (digits.size() < 4 || digits.find('.') != std::string::npos) return digits;
  // "1200" has four digits: more are rounded to zeros, so that dividing is exact enough.
  return digits.size() < 7 ? two_digits(value / 1e3) + "k" : two_digits(value / 1e6) + "M";
}

/// The cell's one number: the speed that the model is judged by. Where it does not fit, or where its speed
/// was not measured, what it needs in GiB.
std::string cell_number(const Verdict& v) {
  const std::optional<Interval> speed = judged_speed(v);
  const bool judged = v.judgement.answer != Answer::does_not_fit && v.judgement.answer != Answer::unknown;
  if (judged && speed) return short_number(speed->mid);
  if (v.needs.params == 0) return "";
  if (v.limit.kind == LimitKind::storage) return short_number(in_gib(v.limit.needed));
  return short_number(in_gib(v.needs.memory.needed_bytes()));
}

/// What follows the answer in the words of a cell: "12 tokens/s (10 to 14), first token in 3.1 s, 3.0 GiB of
/// memory", or what does not fit.
std::string cell_detail(const Verdict& v) {
  const std::string needed = gib_text(v.needs.memory.needed_bytes());
  if (v.judgement.answer == Answer::does_not_fit)
    return v.limit.text.empty() ? "needs " + needed : v.limit.text;
  std::string words = speed_words(v);
  const std::optional<Interval> speed = judged_speed(v);
  if (speed) words += fmt::format(" ({} to {}), ", two_digits(speed->low), two_digits(speed->high));
  if (v.prediction.ttft_s)
    words += fmt::format("first token in {} s, ", two_digits(v.prediction.ttft_s->mid));
  return words + needed + " of memory";
}

TemplateData cell_of(const Verdict* v, const std::string& size_class, const FileFormat& format) {
  const std::string answer = v ? answer_class(*v) : "unknown";
  TemplateData cell;
  cell.set("answer", v ? answer_words(*v) : std::string("unknown"));
  cell.set("answer_class", answer);
  cell.set("sign", sign_of(answer));
  cell.set("number", v ? cell_number(*v) : std::string());
  cell.set("detail", v ? cell_detail(*v) : std::string("no verdict in this format"));
  cell.set("borderline",
           TemplateData(v && v->judgement.borderline && v->judgement.answer != Answer::unknown));
  cell.set("where", fmt::format("{} in {}", size_class, format.name));
  return cell;
}

/// "gemma-2b": the model that stands for the class, with the unit of its speeds where it is not tokens/s.
std::string row_words(const Verdict& v) {
  const ModelShape* shape = find_model(v.needs.model);
  return fmt::format("{}{}{}", v.needs.model, shape && shape->made ? " (made shape)" : "",
                     v.needs.task == Task::encode ? ", " + speed_unit(v) : std::string());
}

/// Sets the name of `format`, in two parts where it is long, so that the heading of a narrow column may break
/// between them.
void set_name(TemplateData& heading, std::string_view name) {
  constexpr size_t longest = 6;  // characters of a heading on one line
  const size_t underscore = name.size() > longest ? name.rfind('_') : std::string_view::npos;
  const size_t cut = underscore == std::string_view::npos ? name.size() : underscore + 1;
  heading.set("name", std::string(name.substr(0, cut)));
  heading.set("rest", std::string(name.substr(cut)));
}

/// Sets `formats` and `format_groups`; a format that begins a group is marked in both.
void add_columns(TemplateData& page) {
  TemplateData formats = empty_list(), groups = empty_list();
  const std::span<const FileFormat> all = kernel_file_formats();
  for (size_t i = 0; i < all.size();) {
    const BitsGroup& group = bits_group(all[i]);
    const size_t from = i;
    for (; i < all.size() && &bits_group(all[i]) == &group; ++i) {
      TemplateData format;
      set_name(format, all[i].name);
      format.set("first", TemplateData(i == from));
      formats << format;
    }
    TemplateData heading;
    heading.set("heading", std::string(group.heading));
    heading.set("columns", fmt::format("{}", i - from));
    groups << heading;
  }
  page.set("formats", formats);
  page.set("format_groups", groups);
}

TemplateData legend() {
  TemplateData list = empty_list();
  for (const Sign& sign : signs) {
    TemplateData entry;
    entry.set("answer_class", std::string(sign.answer_class));
    entry.set("sign", std::string(sign.sign));
    entry.set("words", std::string(sign.words));
    entry.set("number", std::string(sign.number));
    list << entry;
  }
  return list;
}

}  // namespace

void add_grid(TemplateData& page, const ReportInput& input) {
  const std::span<const FileFormat> formats = kernel_file_formats();
  TemplateData rows = empty_list();
  // input.grid holds the verdicts of one class after the other, each class's in the order of the formats.
  for (size_t i = 0; i < input.grid.size();) {
    const std::string& size_class = input.grid[i].needs.size_class;
    TemplateData row, cells = empty_list();
    row.set("size_class", size_class);
    row.set("model", row_words(input.grid[i]));
    for (size_t column = 0; column < formats.size(); ++column) {
      const FileFormat& format = formats[column];
      const bool there = i < input.grid.size() && input.grid[i].needs.size_class == size_class &&
                         input.grid[i].needs.format == format.name;
      TemplateData cell = cell_of(there ? &input.grid[i] : nullptr, size_class, format);
      cell.set("first", TemplateData(column == 0 || &bits_group(formats[column - 1]) != &bits_group(format)));
      cells << cell;
      if (there) ++i;
    }
    // Skips verdicts whose order or format the columns do not have, which would otherwise never be passed.
    while (i < input.grid.size() && input.grid[i].needs.size_class == size_class) ++i;
    row.set("cells", cells);
    rows << row;
  }
  add_columns(page);
  page.set("any_grid", TemplateData(rows.is_non_empty_list()));
  page.set("legend", legend());
  page.set("grid", rows);
}

}  // namespace weighin
