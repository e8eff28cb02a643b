#include "data/prepare.h"

#include <utility>

#include "base/error.h"
#include "base/strings.h"
#include "data/byte_source.h"
#include "data/encoded_table.h"
#include "data/report_warnings.h"
#include "data/split_report.h"
#include "data/token_cache.h"
#include "data/validation_split.h"

namespace finetune::data {
namespace {

using Table = std::shared_ptr<const EncodedTable>;
using Tables = std::map<std::string, Table>;  ///< by split

Table load_file(const FileOptions& options, const std::optional<LabelMap>& known,
                const Tokenizers& tokenizers) {
  Table table = load_or_encode(options, known, tokenizers);
  if (table->size() > 0) return table;
  int64_t num_bad = 0;
  for (const auto& [reason, count] : table->notes().rows_bad) num_bad += count;
  for (const auto& [reason, count] : table->notes().rows_dropped) num_bad += count;
  throw DataError(base::cat(
      name_of_source(options.path), ": no row that can be used (",
      num_bad == 0 ? "the file has none" : base::cat("all ", num_bad, " were left out"), ")"));
}

/// Of the file that a split has for itself; the path is empty where it has none. What is too uneven
/// or too long to be learned from still counts in an evaluation, which can do without the end of a
/// text.
FileOptions file_options(const DataOptions& options, const std::string& split) {
  FileOptions file{
      .path = options.test, .split = split, .read = options.read, .encoding = options.encoding};
  file.read.target_path = options.test_target;
  if (split != "train") {
    file.encoding.target.max_length_ratio = 0.0;
    if (file.encoding.long_rows == LongRows::kDrop) file.encoding.long_rows = LongRows::kCutOrDrop;
  }
  if (split == "train") {
    file.path = options.train;
    file.read.target_path = options.train_target;
  } else if (split == "validation") {
    file.path = options.validation;
    file.read.target_path = options.validation_target;
  }
  return file;
}

void check(const DataOptions& options) {
  if (options.train.empty()) throw ConfigError("there is no training data");
  if (options.validation_fraction < 0.0 || options.validation_fraction >= 1.0) {
    throw ConfigError("the share of the validation set must be between 0 and 1");
  }
  if (options.validation_fraction > 0.0 && !options.validation.empty()) {
    throw ConfigError("validation is either a file or a share of the training set, not both");
  }
  const int num_streams =
      (options.train == "-") + (options.validation == "-") + (options.test == "-");
  if (num_streams > 1) throw ConfigError("only one split can come from standard input");
}

LabelMap learned_labels(const DataOptions& options, const EncodedTable& train) {
  const TargetKind kind = options.read.target_kind;
  const bool needs_classes = kind == TargetKind::kSingleLabel || kind == TargetKind::kMultiLabel;
  const size_t fewest = options.read.target_kind == TargetKind::kSingleLabel ? 2 : 1;
  LabelMap labels(train.notes().label_names);
  if (needs_classes && static_cast<size_t>(labels.size()) < fewest) {
    throw DataError(
        base::cat(name_of_source(options.train), ": a classifier needs at least ", fewest,
                  " labels, but the rows have ", labels.size(),
                  labels.size() == 1 ? base::cat(" (", base::quote(labels.names()[0]), ")") : ""));
  }
  return labels;
}

SplitContext report_context(const ReadOptions& read, const LabelMap& labels,
                            const Tokenizers& tokenizers) {
  return {.file = {},
          .notes = {},
          .target_kind = read.target_kind,
          .label_names = labels.names(),
          .unknown_id = tokenizers.source.unknown_id()};
}

DataReport report_all(const Tables& tables, const DataOptions& options, SplitContext context) {
  DataReport report;
  for (const auto& [split, table] : tables) {
    const bool is_split_off = split == "validation" && options.validation.empty();
    context.file = name_of_source(file_of_split(options, split).path);
    context.notes = is_split_off ? FileNotes() : table->notes();
    report.splits[split] = report_split(*table, context);
  }
  for (const auto& [first, second] :
       {std::pair{"train", "validation"}, {"train", "test"}, {"validation", "test"}}) {
    if (tables.contains(first) && tables.contains(second)) {
      report.overlap[base::cat(first, "/", second)] =
          count_overlap(*tables.at(first), *tables.at(second));
    }
  }
  report.warnings = warnings_of(report);
  return report;
}

Tables load_splits(const DataOptions& options, const Tokenizers& tokenizers, LabelMap& labels) {
  std::optional<LabelMap> known;
  if (options.label_names) known = LabelMap(*options.label_names);
  Tables tables;
  tables["train"] = load_file(file_options(options, "train"), known, tokenizers);
  labels = known ? *known : learned_labels(options, *tables["train"]);
  for (const std::string split : {"validation", "test"}) {
    const FileOptions file = file_options(options, split);
    if (!file.path.empty()) tables[split] = load_file(file, labels, tokenizers);
  }
  if (options.validation_fraction > 0.0) {
    auto parts = split_validation(*tables["train"], options.validation_fraction, options.seed);
    tables["validation"] = tables["train"]->subset(std::move(parts.validation));
    tables["train"] = tables["train"]->subset(std::move(parts.train));
  }
  return tables;
}

}  // namespace

FileOptions file_of_split(const DataOptions& options, const std::string& split) {
  const bool is_split_off = split == "validation" && options.validation.empty();
  return file_options(options, is_split_off ? "train" : split);
}

PreparedData prepare_data(const DataOptions& options, const Tokenizers& tokenizers) {
  check(options);
  PreparedData prepared;
  const Tables tables = load_splits(options, tokenizers, prepared.labels);
  prepared.report =
      report_all(tables, options, report_context(options.read, prepared.labels, tokenizers));
  for (const auto& [split, table] : tables) {
    const std::string path = file_options(options, split).path;
    if (!path.empty()) prepared.files[split] = fingerprint_file(path);
    const std::string target = file_options(options, split).read.target_path;
    if (!target.empty()) prepared.files[split + " target"] = fingerprint_file(target);
  }
  prepared.train = tables.at("train");
  if (tables.contains("validation")) prepared.validation = tables.at("validation");
  if (tables.contains("test")) prepared.test = tables.at("test");
  return prepared;
}

PreparedFile prepare_file(const FileOptions& options, const LabelMap& labels,
                          const Tokenizers& tokenizers) {
  const Table table = load_file(options, labels, tokenizers);
  SplitContext context = report_context(options.read, labels, tokenizers);
  context.file = name_of_source(options.path);
  context.notes = table->notes();
  return {.dataset = table, .report = report_split(*table, context)};
}

}  // namespace finetune::data
