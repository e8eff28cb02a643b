#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace finetune::data {

/// What the label column holds.
enum class TargetKind {
  kNone,         ///< there is no such column: the text itself is learned
  kText,         ///< a text that the model is to write
  kSingleLabel,  ///< one class: a string, or an integer kept as text
  kMultiLabel,   ///< any number of classes: a JSON array, or "a;b;c" in a TSV or CSV field
  kRegression,   ///< one finite number
};

/// What happens to a row that cannot be used.
enum class BadRowPolicy { kError, kSkip, kQuarantine };

/// What one text of a plain text file is.
enum class TextUnit {
  kLine,       ///< a blank one is none
  kParagraph,  ///< lines up to an empty one
  kFile,       ///< all of it
  kEveryLine,  ///< a blank one, too: an empty text
};

/// How a data file is read.
struct ReadOptions {
  /// "tsv", "csv", "jsonl" or "text"; empty: by the file's ending (.tsv, .csv, .jsonl, .ndjson,
  /// .json or .txt, each also with .gz or .zst behind it; standard input is TSV).
  std::string format{};
  /// Plain text whose line n is the target of line n of the file that is read, itself plain text
  /// then. Empty: there is none.
  std::string target_path{};
  TextUnit text_unit = TextUnit::kLine;
  bool has_header = true;  ///< TSV and CSV; without one, columns are 0-based numbers
  std::string text_column = "text";
  std::string text_pair_column{};  ///< empty: single texts
  /// In JSONL a name with points also reaches into objects: "translation.de".
  std::string label_column = "label";  ///< of what is right; empty: unlabelled data
  TargetKind target_kind = TargetKind::kSingleLabel;

  BadRowPolicy on_bad_row = BadRowPolicy::kError;
  int64_t max_bad_rows = 1000;  ///< per file; one more than this fails under every policy
  std::filesystem::path quarantine_folder{};    ///< kQuarantine: gets `quarantine-<split>.jsonl`
  uint64_t max_row_bytes = uint64_t{16} << 20;  ///< a longer row is a bad row, never held in memory

  bool logs_bad_rows = true;  ///< the first of those that are left out
  /// Whether messages advise options of a command (--text-column), not keys of a config.
  bool advises_options = false;
};

}  // namespace finetune::data
