#include "data/row_reader.h"

#include <utility>

#include "base/error.h"
#include "base/strings.h"
#include "data/delimited_reader.h"
#include "data/jsonl_reader.h"
#include "data/line_reader.h"
#include "data/parallel_reader.h"
#include "data/text_reader.h"

namespace finetune::data {
namespace {

/// "": the name says none.
std::string format_of_name(const std::string& path) {
  if (path == "-") return "tsv";
  const std::string_view plain = without_compression(path);
  for (const auto& [ending, format] : {std::pair{".tsv", "tsv"},
                                       {".csv", "csv"},
                                       {".jsonl", "jsonl"},
                                       {".ndjson", "jsonl"},
                                       {".json", "jsonl"},
                                       {".txt", "text"}}) {
    if (plain.ends_with(ending)) return format;
  }
  return "";
}

std::string format_of(const std::string& path, const ReadOptions& options) {
  if (!options.format.empty()) return options.format;
  if (std::string format = format_of_name(path); !format.empty()) return format;
  throw ConfigError(
      base::cat("the ending of ", base::quote(path),
                " names no format: expected .tsv, .csv, .jsonl or .txt (also with .gz or "
                ".zst behind it)"));
}

/// Of plain text.
void refuse_column(const std::string& path, const ReadOptions& options) {
  if (options.target_kind == TargetKind::kNone || options.label_column.empty()) return;
  const bool is_text = options.target_kind == TargetKind::kText;
  throw DataError(base::cat(path, ": plain text has no column for the ",
                            is_text ? "target text" : "label", "; give TSV, CSV or JSONL",
                            is_text ? ", or a second file beside it, line by line" : ""));
}

}  // namespace

std::unique_ptr<RowReader> make_row_reader(const std::string& path, const ReadOptions& options) {
  if (!options.target_path.empty()) return std::make_unique<ParallelReader>(path, options);
  const std::string format = format_of(path, options);
  if (format == "text") {
    refuse_column(path, options);
    return std::make_unique<TextReader>(path, options);
  }
  if (format == "jsonl") return std::make_unique<JsonlReader>(path, options);
  if (format == "tsv") {
    return std::make_unique<DelimitedReader>(path, options,
                                             make_tsv_splitter(path, options.max_row_bytes));
  }
  if (format == "csv") {
    return std::make_unique<DelimitedReader>(path, options,
                                             make_csv_splitter(path, options.max_row_bytes));
  }
  throw ConfigError(base::cat("unknown data format ", base::quote(format),
                              ": expected \"tsv\", \"csv\", \"jsonl\" or \"text\""));
}

bool is_plain_text(const std::string& path) { return format_of_name(path) == "text"; }

std::vector<std::string> labels_of_field(std::string_view field, TargetKind kind) {
  if (kind != TargetKind::kMultiLabel) return {std::string(base::trim(field))};
  if (base::trim(field).empty()) return {};
  std::vector<std::string> labels = base::split(field, ';');
  for (std::string& label : labels) label = std::string(base::trim(label));
  return labels;
}

}  // namespace finetune::data
