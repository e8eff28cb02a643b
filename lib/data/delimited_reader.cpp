#include "data/delimited_reader.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/strings.h"
#include "data/byte_source.h"

namespace finetune::data {

DelimitedReader::DelimitedReader(const std::string& path, ReadOptions options,
                                 std::unique_ptr<FieldSplitter> splitter)
    : path_(name_of_source(path)), options_(std::move(options)), splitter_(std::move(splitter)) {
  if (options_.has_header) {
    read_header();
    return;
  }
  for (const auto* column :
       {&options_.text_column, &options_.text_pair_column, &options_.label_column}) {
    const auto number = base::parse_int64(*column);
    if (!column->empty() && (!number || *number < 0)) {
      throw ConfigError(base::cat(
          "without a header, columns are numbers from 0: ", base::quote(*column), " is none"));
    }
  }
}

void DelimitedReader::read_header() {
  try {
    if (splitter_->next(fields_)) find_columns(fields_);
  } catch (const BadRow& bad) {
    throw DataError(base::cat(path_, ":1: the header cannot be read: ", bad.message));
  }
}

void DelimitedReader::find_columns(const std::vector<std::string>& fields) {
  num_columns_ = fields.size();
  text_index_ = find_column(options_.text_column, "--text-column", fields);
  if (!options_.text_pair_column.empty()) {
    pair_index_ = find_column(options_.text_pair_column, "--text-pair-column", fields);
  }
  if (!options_.label_column.empty())
    label_index_ = find_column(options_.label_column, "--label-column", fields);
}

/// `option` names the column on the command line.
size_t DelimitedReader::find_column(const std::string& column, std::string_view option,
                                    const std::vector<std::string>& fields) const {
  const std::string where = base::cat(path_, ":", splitter_->origin().line, ": ");
  if (!options_.has_header) {
    const auto index = static_cast<size_t>(base::parse_int64(column).value_or(0));
    if (index < fields.size()) return index;
    throw DataError(base::cat(where, "there is no column ", column, ": the first row has ",
                              fields.size(), " (numbers begin at 0)"));
  }
  const auto found = std::find(fields.begin(), fields.end(), column);
  if (found == fields.end()) {
    const auto near = base::nearest(column, fields);
    const std::string advice =
        options_.advises_options
            ? base::cat(option, " names another; a file without a header needs --no-header")
            : "a file without a header needs data.header false";
    throw DataError(base::cat(where, "there is no column ", base::quote(column),
                              "; the header has ", base::quote(base::join(fields, ", "), 300),
                              near ? base::cat("; did you mean ", base::quote(*near), "?") : "",
                              " (", advice, ")"));
  }
  if (std::find(found + 1, fields.end(), column) != fields.end()) {
    throw DataError(base::cat(where, "two columns are called ", base::quote(column)));
  }
  return static_cast<size_t>(found - fields.begin());
}

bool DelimitedReader::next(Example& example) {
  if (!splitter_->next(fields_)) return false;
  if (num_columns_ == 0) find_columns(fields_);
  if (fields_.size() != num_columns_) {
    throw BadRow{"ragged",
                 base::cat("the row has ", fields_.size(), " fields instead of ", num_columns_)};
  }
  example.text = fields_[text_index_];
  example.text_pair = pair_index_ ? fields_[*pair_index_] : std::string();
  example.labels.clear();
  example.target.clear();
  if (label_index_ && options_.target_kind == TargetKind::kText) {
    example.target = fields_[*label_index_];
  } else if (label_index_) {
    example.labels = labels_of_field(fields_[*label_index_], options_.target_kind);
  }
  example.line = origin().line;
  return true;
}

}  // namespace finetune::data
