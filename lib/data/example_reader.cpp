#include "data/example_reader.h"

#include <utility>

#include "base/strings.h"

namespace finetune::data {
namespace {

/// `where` is a column, or a file of plain text.
void check_text(const std::string& text, const std::string& where) {
  if (base::trim(text).empty())
    throw BadRow{"empty_text", base::cat("the text in ", where, " is empty")};
  if (text.find('\0') != std::string::npos)
    throw BadRow{"nul", base::cat("the text in ", where, " holds a NUL")};
}

std::string column(const std::string& name) { return base::cat("column ", base::quote(name)); }

void check_labels(const Example& example, const ReadOptions& options) {
  for (const std::string& label : example.labels) {
    if (label.empty()) {
      throw BadRow{"missing_field", base::cat("the label in column ",
                                              base::quote(options.label_column), " is empty")};
    }
    if (options.target_kind == TargetKind::kRegression && !base::parse_double(label)) {
      throw BadRow{"invalid_number",
                   base::cat("the target ", base::quote(label), " is not a finite number")};
    }
  }
}

bool is_wanted_blank(const RowOrigin& origin, const ReadOptions& options) {
  return options.text_unit == TextUnit::kEveryLine && base::trim(origin.raw).empty();
}

void check(const Example& example, const ReadOptions& options) {
  const bool is_parallel = !options.target_path.empty();
  check_text(example.text, is_parallel ? "the source file" : column(options.text_column));
  if (!options.text_pair_column.empty())
    check_text(example.text_pair, column(options.text_pair_column));
  if (options.target_kind == TargetKind::kText && !options.label_column.empty()) {
    check_text(example.target, is_parallel ? options.target_path : column(options.label_column));
  } else {
    check_labels(example, options);
  }
}

}  // namespace

ExampleReader::ExampleReader(const std::string& path, ReadOptions options, BadRows& bad_rows)
    : options_(std::move(options)), bad_rows_(bad_rows), reader_(make_row_reader(path, options_)) {}

bool ExampleReader::next(Example& example) {
  for (;;) {
    try {
      if (!reader_->next(example)) return false;
      if (!is_wanted_blank(reader_->origin(), options_)) check(example, options_);
      return true;
    } catch (const BadRow& bad) {
      bad_rows_.add(bad, reader_->origin());
    }
  }
}

}  // namespace finetune::data
